// SPDX-License-Identifier: Apache-2.0
// To be preloaded: the program finds no file whose path has $HIDDEN_FILES in it. So it runs as if on another
// kernel, or where /proc is not mounted. What the system's libraries do among themselves is not seen.
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <sys/types.h>

namespace {

bool is_hidden(const char* path) {
  const char* hidden = std::getenv("HIDDEN_FILES");
  if (path == nullptr || hidden == nullptr || std::strstr(path, hidden) == nullptr) return false;
  errno = ENOENT;
  return true;
}

/// The function that this one stands before.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

#define WEIR_HIDE(result, failure, name, parameters, arguments) \
  extern "C" result name parameters {                           \
    if (is_hidden(path)) return failure;                        \
    return next<result parameters>(#name) arguments;            \
  }

WEIR_HIDE(std::FILE*, nullptr, fopen, (const char* path, const char* mode), (path, mode))
WEIR_HIDE(std::FILE*, nullptr, fopen64, (const char* path, const char* mode), (path, mode))
WEIR_HIDE(ssize_t, -1, readlink, (const char* path, char* target, size_t size), (path, target, size))
