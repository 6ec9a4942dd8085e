# Everything comes from Debian packages; scripts/lib/packages.sh lists them.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
pkg_check_modules(GRPC REQUIRED grpc++_unsecure)
pkg_check_modules(ABSL REQUIRED absl_status absl_statusor)
pkg_check_modules(YAML REQUIRED yaml-0.1)

# abseil's Status, the one error vocabulary.
add_library(kubemonitor_absl INTERFACE)
# gRPC (includes Status): linked by the edge targets only.
add_library(kubemonitor_grpc INTERFACE)
add_library(kubemonitor_protobuf INTERFACE)
add_library(kubemonitor_zlib INTERFACE)
# TLS, and what a kubeconfig is written in.
add_library(kubemonitor_openssl INTERFACE)
add_library(kubemonitor_yaml INTERFACE)

if(KUBEMONITOR_STATIC)
  # The unsecure variant's .pc omits upb, address_sorting and c-ares.
  set(grpc_static ${GRPC_STATIC_LDFLAGS})
  set(absl_static ${ABSL_STATIC_LDFLAGS})
  foreach(flags grpc_static absl_static)
    list(FILTER ${flags} INCLUDE REGEX "^-l")   # the linker states around -latomic do not survive the next line
    list(REMOVE_DUPLICATES ${flags})
  endforeach()
  target_link_libraries(kubemonitor_absl INTERFACE -Wl,--start-group ${absl_static} -Wl,--end-group)
  target_link_libraries(kubemonitor_grpc INTERFACE -Wl,--start-group ${grpc_static} ${absl_static}
    -lupb -laddress_sorting -lcares -lre2 -lz -lprotobuf-lite -Wl,--end-group)
  target_link_libraries(kubemonitor_protobuf INTERFACE -lprotobuf-lite)
  target_link_libraries(kubemonitor_zlib INTERFACE -lz)
  target_link_libraries(kubemonitor_openssl INTERFACE -lssl -lcrypto)
  target_link_libraries(kubemonitor_yaml INTERFACE -lyaml)
  add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-static-pie>)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
else()
  target_link_libraries(kubemonitor_absl INTERFACE ${ABSL_LDFLAGS})
  target_link_libraries(kubemonitor_grpc INTERFACE ${GRPC_LDFLAGS} ${ABSL_LDFLAGS} -lprotobuf-lite)
  target_link_libraries(kubemonitor_protobuf INTERFACE -lprotobuf-lite)
  target_link_libraries(kubemonitor_zlib INTERFACE ZLIB::ZLIB)
  target_link_libraries(kubemonitor_openssl INTERFACE OpenSSL::SSL)
  target_link_libraries(kubemonitor_yaml INTERFACE ${YAML_LDFLAGS})
endif()
target_link_libraries(kubemonitor_grpc INTERFACE Threads::Threads)
target_link_libraries(kubemonitor_protobuf INTERFACE Threads::Threads)

# The allocator: nothing to link is the C library's own.
add_library(kubemonitor_allocator INTERFACE)
if(KUBEMONITOR_ALLOCATOR STREQUAL "jemalloc")
  find_library(JEMALLOC_LIBRARY NAMES libjemalloc_pic.a REQUIRED)
  target_link_libraries(kubemonitor_allocator INTERFACE ${JEMALLOC_LIBRARY} m)
elseif(NOT KUBEMONITOR_ALLOCATOR STREQUAL "system")
  message(FATAL_ERROR "KUBEMONITOR_ALLOCATOR is '${KUBEMONITOR_ALLOCATOR}': 'system' or 'jemalloc'")
endif()

# fmt and spdlog are used header-only: Debian has no static library of either.
add_compile_definitions(FMT_HEADER_ONLY SPDLOG_FMT_EXTERNAL)
