# weir_add_module(NAME infer SOURCES a.cc ... [PUBLIC weir::types ...] [PRIVATE fmt::fmt ...])
# One static library per folder of src/, alias weir::NAME. Files are included as "NAME/file.h".
function(weir_add_module)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(weir_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(weir::${ARG_NAME} ALIAS weir_${ARG_NAME})
  target_include_directories(weir_${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(weir_${ARG_NAME} PUBLIC ${ARG_PUBLIC} PRIVATE weir_settings ${ARG_PRIVATE})
endfunction()

# weir_add_test(NAME letterbox SOURCES letterbox_test.cc LINK weir::image [LABEL unit|threads|contract|pipeline|e2e|model])
# A GoogleTest program; every case is its own ctest entry, so that a skip shows with its reason.
# threads: unit tests with several threads, which the thread sanitizer should see, too.
# The target tests_LABEL builds all programs of a label: the sanitizer presets build no more than they run.
set(WEIR_TEST_LABELS unit threads contract pipeline e2e model)
foreach(label IN LISTS WEIR_TEST_LABELS)
  add_custom_target(tests_${label})
endforeach()

function(weir_add_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
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
  target_include_directories(${ARG_NAME}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${ARG_NAME}_test PRIVATE weir_settings ${ARG_LINK} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${ARG_NAME}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${ARG_LABEL}/"
                       PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
                       SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endfunction()
