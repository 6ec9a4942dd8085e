# Warnings are errors, for our own code only (dependencies are SYSTEM includes).
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wunused -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-Wthread-safety)
endif()
if(KUBEMONITOR_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)   # false positives of g++ 12 on std::jthread under these sanitizers
  endif()
elseif(KUBEMONITOR_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(NOT KUBEMONITOR_SANITIZER STREQUAL "")
  message(FATAL_ERROR "KUBEMONITOR_SANITIZER must be '', 'address' or 'thread'.")
endif()
find_program(KUBEMONITOR_MOLD mold)
# Debian's cross compilers do not find it: "collect2: fatal error: cannot find 'ld'".
if(KUBEMONITOR_MOLD AND NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=mold)
  if(KUBEMONITOR_SANITIZER)
    # What sanitizers write about every check is mostly relocations: without them a third less on the disk, some 80 programs long.
    add_link_options(-no-pie -Wl,--compress-debug-sections=zlib)
  endif()
endif()
