# Everything weir links from outside. tools/setup installs it; nothing is fetched here.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Told that precompiled headers are as good as what they were made from, or it would cache nothing that uses them.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(LIBAV REQUIRED IMPORTED_TARGET libavformat>=59 libavcodec>=59 libavutil>=57 libswscale>=6)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

find_library(LIBYUV_LIBRARY yuv REQUIRED)
find_path(LIBYUV_INCLUDE_DIR libyuv.h REQUIRED)
add_library(libyuv INTERFACE)
target_link_libraries(libyuv INTERFACE ${LIBYUV_LIBRARY})
target_include_directories(libyuv SYSTEM INTERFACE ${LIBYUV_INCLUDE_DIR})

if(WEIR_TESTS)
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
endif()
if(WEIR_BENCHMARKS)
  find_package(benchmark 1.7 REQUIRED)
endif()

if(WEIR_OPENVINO)
  # The wheel brings headers, CMake files and libraries; a newer one installed elsewhere: -DOpenVINO_DIR=...
  file(GLOB openvino_dirs ${PROJECT_SOURCE_DIR}/.deps/python/lib/python3*/site-packages/openvino/cmake)
  find_package(OpenVINO 2026.4 QUIET COMPONENTS Runtime HINTS ${openvino_dirs})
  if(NOT OpenVINO_FOUND)
    message(FATAL_ERROR "OpenVINO 2026.4 is not in .deps/: run tools/setup, or build without it: -DWEIR_OPENVINO=OFF")
  endif()
endif()
