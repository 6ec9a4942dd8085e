// kubemonitor-micro [Google Benchmark's flags], or kubemonitor-micro --columns=DIRECTORY.

#include <benchmark/benchmark.h>

#include <string_view>

#include "bench/micro/model_hour.h"

int main(int argc, char** argv) {
  constexpr std::string_view kColumns = "--columns=";
  if (argc == 2 && std::string_view(argv[1]).starts_with(kColumns)) {
    return kubemonitor::bench::DumpColumns(argv[1] + kColumns.size());
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
