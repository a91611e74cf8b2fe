// SPDX-License-Identifier: Apache-2.0
// The types that a .rknn file names, against those that programs are told: a program that reads 8 bits where
// 16 were written misreads them without a word.
#pragma once

#include <span>
#include <string>

#include "rknn_host/model/graph.h"
#include "rknn_host/model/rknn_file.h"

namespace weir::rknn_host {

/// The integer types of `plain` that `signature` has otherwise, and what WEIR_RKNN_HOST_MAP needs under
/// `key`, in one line; "" where there are none. Tensors belong together by their names, else, where as many
/// are named as there are, by their order.
[[nodiscard]] std::string types_that_differ(const std::string& label, const std::string& key,
                                            std::span<const PlainTensor> plain, const Signature& signature);

}  // namespace weir::rknn_host
