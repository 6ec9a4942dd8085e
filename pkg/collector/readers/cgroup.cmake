# The cgroup v2 tree: what is where, found, held and read.
add_library(kubemonitor_cgroup_readers STATIC
  cgroup_files.cc
  cgroup_mode.cc
  cgroup_path.cc
  cgroup_tree.cc
  cgroup_tree_read.cc)
target_link_libraries(kubemonitor_cgroup_readers PUBLIC kubemonitor_kernel_file kubemonitor_common)

kubemonitor_test(NAME kernel_file_test SOURCES kernel_file_test.cc DEPS kubemonitor_kernel_file)
kubemonitor_test(NAME cgroup_files_test SOURCES cgroup_files_test.cc DEPS kubemonitor_cgroup_readers)
kubemonitor_test(NAME cgroup_path_test SOURCES cgroup_path_test.cc DEPS kubemonitor_cgroup_readers)
kubemonitor_test(NAME cgroup_mode_test SOURCES cgroup_mode_test.cc DEPS kubemonitor_cgroup_readers)
kubemonitor_test(NAME cgroup_tree_test SOURCES cgroup_tree_test.cc DEPS kubemonitor_cgroup_readers)
kubemonitor_test(NAME cgroup_tree_descriptors_test SOURCES cgroup_tree_descriptors_test.cc
  DEPS kubemonitor_cgroup_readers)
