# As a script (-P): writes kubemonitor_commit.h, and only if it changed, so that a new commit compiles one file anew. Where there is
# no git, the commit is what the environment variable KUBEMONITOR_COMMIT says.
# Included: declares the library that has it.
if(CMAKE_SCRIPT_MODE_FILE)
  set(commit "unknown")
  if(NOT "$ENV{KUBEMONITOR_COMMIT}" STREQUAL "")
    set(commit "$ENV{KUBEMONITOR_COMMIT}")
  endif()
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND "${GIT}" describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE described ERROR_QUIET
      OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
    if(NOT failed AND described)
      set(commit "${described}")
    endif()
  endif()
  set(text "#define KUBEMONITOR_COMMIT \"${commit}\"\n")
  set(old "")
  if(EXISTS "${OUT}")
    file(READ "${OUT}" old)
  endif()
  if(NOT old STREQUAL text)
    file(WRITE "${OUT}" "${text}")
  endif()
  return()
endif()

set(commit_header "${CMAKE_CURRENT_BINARY_DIR}/version/kubemonitor_commit.h")
add_custom_target(kubemonitor_commit
  COMMAND "${CMAKE_COMMAND}" "-DSOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR}" "-DOUT=${commit_header}"
    -P "${CMAKE_CURRENT_LIST_DIR}/version.cmake"
  BYPRODUCTS "${commit_header}"
  COMMENT "Asking git for the commit"
  VERBATIM)
add_library(kubemonitor_version STATIC version.cc)
add_dependencies(kubemonitor_version kubemonitor_commit)
target_include_directories(kubemonitor_version PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/version")
target_compile_definitions(kubemonitor_version PRIVATE
  KUBEMONITOR_VERSION="${PROJECT_VERSION}"
  KUBEMONITOR_COMPILER="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
