// SPDX-License-Identifier: Apache-2.0
// What the library shows to the dynamic linker: the functions of the API and nothing else, since every
// further name could take the place of one of the program's.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/media.h"

namespace weir {
namespace {

const std::vector<std::string> kFunctions{
    "rknn_B_normal_layout_to_native_layout",
    "rknn_create_mem",
    "rknn_create_mem2",
    "rknn_create_mem_from_fd",
    "rknn_create_mem_from_mb_blk",
    "rknn_create_mem_from_phys",
    "rknn_custom_op_get_op_attr",
    "rknn_destroy",
    "rknn_destroy_mem",
    "rknn_dup_context",
    "rknn_init",
    "rknn_inputs_set",
    "rknn_matmul_create",
    "rknn_matmul_create_dynamic_shape",
    "rknn_matmul_destroy",
    "rknn_matmul_get_quant_params",
    "rknn_matmul_run",
    "rknn_matmul_set_core_mask",
    "rknn_matmul_set_dynamic_shape",
    "rknn_matmul_set_io_mem",
    "rknn_matmul_set_quant_params",
    "rknn_mem_sync",
    "rknn_outputs_get",
    "rknn_outputs_release",
    "rknn_query",
    "rknn_register_custom_ops",
    "rknn_run",
    "rknn_set_batch_core_num",
    "rknn_set_core_mask",
    "rknn_set_input_shape",
    "rknn_set_input_shapes",
    "rknn_set_internal_mem",
    "rknn_set_io_mem",
    "rknn_set_weight_mem",
    "rknn_wait",
};

TEST(RknnSymbols, AreTheFunctionsOfTheApi) {
  std::istringstream listed(testing::output_of("nm -D --defined-only '" WEIR_RKNNRT "'"));
  std::vector<std::string> names;
  for (std::string address, kind, name; listed >> address >> kind >> name;) names.push_back(name);
  if (names.empty()) GTEST_SKIP() << "no nm";
  // A sanitizer shows names of its own.
  std::erase_if(names, [](const std::string& name) { return name.starts_with("__"); });
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(kFunctions));
}

// Programs find it by this name at run time.
TEST(RknnSymbols, LibraryHasTheNameOfTheRealOne) {
  const std::string dynamic = testing::output_of("readelf -d '" WEIR_RKNNRT "'");
  if (dynamic.empty()) GTEST_SKIP() << "no readelf";
  EXPECT_THAT(dynamic, ::testing::HasSubstr("[librknnrt.so]"));
}

}  // namespace
}  // namespace weir
