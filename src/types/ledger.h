// SPDX-License-Identifier: Apache-2.0
// The memory account: lines of what a process's memory is. docs/memory.md says how each kind is known.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// What memory is used for.
enum class MemoryKind {
  kProgram,
  kRuntime,
  kWeights,
  kCompiledModel,
  kActivations,
  kInputBuffers,
  kDecoder,
  kDecoderSurfaces,
  kLibraries,
  kUnexplained,
  kOther,  ///< in files of another version of weir: a kind that this one doesn't know
};

/// Every kind with its name, as people and files have it.
inline constexpr std::array<std::pair<MemoryKind, std::string_view>, 11> kMemoryKinds{{
    {MemoryKind::kProgram, "program"},
    {MemoryKind::kRuntime, "runtime"},
    {MemoryKind::kWeights, "weights"},
    {MemoryKind::kCompiledModel, "compiled model"},
    {MemoryKind::kActivations, "activations"},
    {MemoryKind::kInputBuffers, "input buffers"},
    {MemoryKind::kDecoder, "decoder"},
    {MemoryKind::kDecoderSurfaces, "decoder surfaces"},
    {MemoryKind::kLibraries, "libraries"},
    {MemoryKind::kUnexplained, "unexplained"},
    {MemoryKind::kOther, "other"},
}};

[[nodiscard]] std::string_view to_string(MemoryKind kind);
/// The kind of that name; kOther if there is none.
[[nodiscard]] MemoryKind memory_kind(std::string_view name);

struct LedgerEntry {
  MemoryKind kind = MemoryKind::kOther;
  std::string owner;  ///< a model's or a stream's name, or "process"
  int64_t bytes = 0;
};

struct KindBytes {
  MemoryKind kind = MemoryKind::kOther;
  int64_t bytes = 0;
};

/// A ledger's owners added up, in the order of first appearance.
[[nodiscard]] std::vector<KindBytes> by_kind(const std::vector<LedgerEntry>& ledger);

}  // namespace weir
