// SPDX-License-Identifier: Apache-2.0
// What has to be done before OpenVINO's libraries run, so that sanitizers can be in the program, and when it
// ends.
#include <cstdlib>
#include <exception>

#include <cxxabi.h>
#include <dlfcn.h>
#include <gnu/libc-version.h>

#include "rknn_host/runtime.h"

namespace {

/// The library or program that a function is in, as this library finds it.
template <class Function>
const void* home_of(Function* function) {
  Dl_info info{};
  return dladdr(reinterpret_cast<const void*>(function), &info) != 0 ? info.dli_fbase : nullptr;
}

/// The address sanitizer passes exceptions on to what it found when the program started. In a C program that
/// opens this library at run time, that is nothing, and the first exception inside OpenVINO ends the program.
bool exceptions_are_stopped() {
  if (home_of(&abi::__cxa_throw) == home_of(&std::terminate)) return false;
  void* const program = dlopen(nullptr, RTLD_LAZY);
  const bool had_the_library = dlsym(program, "_ZSt9terminatev") != nullptr;
  dlclose(program);
  return !had_the_library;
}

/// In a program that is linked to this library, before it has threads: so the environment may be changed.
__attribute__((constructor)) void let_sanitizers_in() {
  // As the sanitizers do, also those that are linked into the program statically and show no name of their
  // own.
  const bool dlopen_is_watched = home_of(&dlopen) != home_of(&gnu_get_libc_version);
  if (!dlopen_is_watched) return;
  // They end programs whose libraries use RTLD_DEEPBIND: TBB, unless this is set when it loads its parts,
  // later.
  setenv("TBB_ENABLE_SANITIZERS", "1", 0);
  if (exceptions_are_stopped()) {
    weir::rknn_host::Runtime::instance().log().line(
        "the address sanitizer is in the program and the C++ library is not, so that it will stop at the "
        "first C++ "
        "exception: link the program with -Wl,--no-as-needed -lstdc++");
  }
}

/// After all that the program does at its end: its objects and atexit() functions may destroy contexts, too.
__attribute__((destructor)) void report_leftovers() {
  try {
    weir::rknn_host::Runtime::instance().report_leftovers();
  } catch (...) {  // no memory for a line: the program ends anyway
  }
}

}  // namespace
