# The compiler settings of weir's own code, as a target that every module links.
add_library(weir_settings INTERFACE)
target_compile_features(weir_settings INTERFACE cxx_std_20)
target_compile_options(weir_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                               -Wno-sign-conversion -Wno-missing-field-initializers
                                               -Wnon-virtual-dtor -Wold-style-cast)
# GCC 12 reports std::string's own copies here, wrongly (its bug 105651).
target_compile_options(weir_settings INTERFACE -Wno-restrict -Wno-stringop-overread)
if(WEIR_WERROR)
  target_compile_options(weir_settings INTERFACE -Werror)
endif()
if(WEIR_SANITIZE)
  target_compile_options(weir_settings INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(weir_settings INTERFACE -fsanitize=${WEIR_SANITIZE})
  # A quarter of the compile time, for accesses that the address sanitizer stops at, too.
  if(WEIR_SANITIZE MATCHES "address,undefined")
    target_compile_options(weir_settings INTERFACE -fno-sanitize=null,object-size)
  endif()
endif()
