# WEIR_UNITY compiles the files of a module or of a test program twelve at a time, as if they were one: most of the time of
# a build from scratch goes into the same headers. Without it (preset dev) each is compiled alone: faster after a change,
# and an #include which is missing is found.

# weir_add_module(NAME infer [COLD] SOURCES a.cc ... [PUBLIC weir::types ...] [PRIVATE fmt::fmt ...])
# One static library per folder of src/, alias weir::NAME. Files are included as "NAME/file.h".
# COLD: no pixels pass through it, so that it need not be fast, but is compiled in half the time (weir_cold_settings).
if(WEIR_SANITIZE)
  set(weir_cold_level -O0)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
  set(weir_cold_level -O1)
endif()
add_library(weir_cold_settings INTERFACE)
target_compile_options(weir_cold_settings INTERFACE ${weir_cold_level})

function(weir_add_module)
  cmake_parse_arguments(ARG "COLD" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(weir_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(weir::${ARG_NAME} ALIAS weir_${ARG_NAME})
  target_include_directories(weir_${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(weir_${ARG_NAME} PUBLIC ${ARG_PUBLIC} PRIVATE weir_settings ${ARG_PRIVATE})
  set_target_properties(weir_${ARG_NAME} PROPERTIES UNITY_BUILD ${WEIR_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  if(ARG_COLD)
    target_link_libraries(weir_${ARG_NAME} PRIVATE weir_cold_settings)
  endif()
endfunction()

set(WEIR_TEST_LABELS unit threads contract pipeline e2e model)
foreach(label IN LISTS WEIR_TEST_LABELS)
  add_custom_target(tests_${label})
endforeach()

# How the tests' own code is compiled; what they test is in the modules, which keep their options. Not optimised, and
# without the undefined-behaviour checks, which would be half of GoogleTest's compile time.
# GoogleTest's headers are compiled once for all tests (the library of no code holds them).
if(WEIR_TESTS)
  add_library(weir_test_settings INTERFACE)  # to be linked after weir_settings, whose options it changes
  target_compile_options(weir_test_settings INTERFACE -O0)
  if(WEIR_SANITIZE MATCHES undefined)
    target_compile_options(weir_test_settings INTERFACE -fno-sanitize=undefined)
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cc CONTENT "")
  add_library(weir_test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cc)
  target_link_libraries(weir_test_headers PRIVATE weir_settings weir_test_settings GTest::gmock)
  target_precompile_headers(weir_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endif()

# weir_add_test(NAME letterbox SOURCES letterbox_test.cc LINK weir::image [LABEL unit|threads|contract|pipeline|e2e|model])
# A GoogleTest program; every case is its own ctest entry, so that a skip shows with its reason (cross-compiled: the
# program is).
# threads: unit tests with several threads, which the thread sanitizer should see, too.
# OPTIMIZED: compiled as a module is, for a test whose own loops over pixels would else take longer than compiling it.
# The target tests_LABEL builds all programs of a label: the sanitizer presets build no more than they run.
function(weir_add_test)
  cmake_parse_arguments(ARG "OPTIMIZED" "NAME;LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_LABEL IN_LIST WEIR_TEST_LABELS)
    message(FATAL_ERROR "test ${ARG_NAME}: label ${ARG_LABEL} is none of ${WEIR_TEST_LABELS}")
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME}_test ${ARG_SOURCES})
  add_dependencies(tests_${ARG_LABEL} ${ARG_NAME}_test)
  set_target_properties(${ARG_NAME}_test PROPERTIES UNITY_BUILD ${WEIR_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  target_include_directories(${ARG_NAME}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${ARG_NAME}_test PRIVATE weir_settings ${ARG_LINK} GTest::gmock GTest::gtest_main)
  if(NOT ARG_OPTIMIZED)
    target_link_libraries(${ARG_NAME}_test PRIVATE weir_test_settings)
    target_precompile_headers(${ARG_NAME}_test REUSE_FROM weir_test_headers)
  endif()
  if(CMAKE_CROSSCOMPILING)  # each case as a process of its own would be an emulator's start for each
    add_test(NAME ${ARG_LABEL}/${ARG_NAME} COMMAND ${ARG_NAME}_test)
    set_tests_properties(${ARG_LABEL}/${ARG_NAME} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
    return()
  endif()
  gtest_discover_tests(${ARG_NAME}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${ARG_LABEL}/"
                       PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
                       SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endfunction()
