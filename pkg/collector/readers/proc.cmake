# The node's own figures and its host processes, from /proc and /sys.
add_library(kubemonitor_proc_readers STATIC
  block_devices.cc
  network_devices.cc
  node_reader.cc
  proc_files.cc
  proc_pid_files.cc
  proc_pids.cc
  proc_users.cc
  process_table.cc)
target_link_libraries(kubemonitor_proc_readers PUBLIC kubemonitor_kernel_file kubemonitor_common)

kubemonitor_test(NAME proc_files_test SOURCES proc_files_test.cc DEPS kubemonitor_proc_readers)
kubemonitor_test(NAME proc_pid_files_test SOURCES proc_pid_files_test.cc
  DEPS kubemonitor_proc_readers)
kubemonitor_test(NAME process_table_test SOURCES process_table_test.cc
  DEPS kubemonitor_proc_readers)
kubemonitor_test(NAME node_reader_test SOURCES node_reader_test.cc DEPS kubemonitor_proc_readers)
kubemonitor_test(NAME proc_real_node_test SOURCES proc_real_node_test.cc
  DEPS kubemonitor_proc_readers)
