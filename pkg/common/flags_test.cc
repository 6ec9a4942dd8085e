#include "common/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ParseDuration, Table) {
  const struct {
    const char* text;
    std::optional<int64_t> ms;
  } cases[] = {
      {"10s", 10'000},
      {"500ms", 500},
      {"1h", 3'600'000},
      {"1h30m", 5'400'000},
      {"0", 0},
      {"0s", 0},
      {"2m", 120'000},
      {"", std::nullopt},
      {"10", std::nullopt},
      {"s", std::nullopt},
      {"-5s", std::nullopt},
      {"1.5s", std::nullopt},
      {"10 s", std::nullopt},
      {"10sx", std::nullopt},
      {"+1s", std::nullopt},
      {"99999999999999999999s", std::nullopt},
      {"9223372036854775807h", std::nullopt},
  };
  for (const auto& c : cases) {
    const auto got = ParseDuration(c.text);
    EXPECT_EQ(got.ok(), c.ms.has_value()) << c.text;
    if (got.ok() && c.ms) {
      EXPECT_EQ(*got, *c.ms) << c.text;
    }
  }
}

TEST(ParseSize, Table) {
  const struct {
    const char* text;
    std::optional<uint64_t> bytes;
  } cases[] = {
      {"512Mi", 536'870'912},
      {"2Gi", 2'147'483'648},
      {"1000", 1000},
      {"1k", 1000},
      {"1Ki", 1024},
      {"", std::nullopt},
      {"Mi", std::nullopt},
      {"1mb", std::nullopt},
      {"-1", std::nullopt},
      {"1 Mi", std::nullopt},
      {"16777216Ti", std::nullopt},
  };
  for (const auto& c : cases) {
    const auto got = ParseSize(c.text);
    EXPECT_EQ(got.ok(), c.bytes.has_value()) << c.text;
    if (got.ok() && c.bytes) {
      EXPECT_EQ(*got, *c.bytes) << c.text;
    }
  }
}

TEST(FormatDuration, ReadsBack) {
  for (const int64_t ms : {0L, 1L, 1'000L, 61'000L, 3'600'000L, 5'400'500L}) {
    EXPECT_EQ(*ParseDuration(FormatDuration(ms)), ms);
  }
}

struct Values {
  std::string name = "default";
  std::vector<std::string> servers{"a:1"};
  bool dry = false;
  int64_t interval_ms = 10'000;
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;

  FlagSet::Outcome Parse(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment = {}) {
    FlagSet flags("program", "Does things.");
    flags.Text({"name", "NAME", "default", "A name.", "NAME"}, &name, [](const std::string& text) {
      return text == "bad" ? std::optional<std::string>("is bad") : std::nullopt;
    });
    flags.List({"server", "HOST:PORT", "a:1", "Servers.", "SERVER"}, &servers,
               [](const std::string& text) {
                 return text.find(':') == std::string::npos
                            ? std::optional<std::string>(text + " has no port")
                            : std::nullopt;
               });
    flags.Switch({"dry", "", "off", "Dry.", ""}, &dry);
    flags.Duration({"interval", "DURATION", "10s", "1s to 60s.", "INTERVAL"}, 1000, 60'000, 1000,
                   [this](int64_t ms) { interval_ms = ms; });
    flags.LogFlags(&format, &level);
    help = flags.Help();
    return flags.Parse(arguments, environment, &problems);
  }

  std::string help;
  std::vector<std::string> problems;
};

TEST(FlagSet, DefaultsStay) {
  Values values;
  EXPECT_EQ(values.Parse({}), FlagSet::Outcome::kRun);
  EXPECT_THAT(values.problems, IsEmpty());
  EXPECT_EQ(values.name, "default");
  EXPECT_THAT(values.servers, ElementsAre("a:1"));
}

TEST(FlagSet, BothForms) {
  Values values;
  values.Parse({"--name=x", "--server", "b:2,c:3", "--server=d:4", "--dry", "--interval", "5s",
                "--log-format=json", "--log-level", "debug"});
  EXPECT_THAT(values.problems, IsEmpty());
  EXPECT_EQ(values.name, "x");
  EXPECT_THAT(values.servers, ElementsAre("b:2", "c:3", "d:4"));
  EXPECT_TRUE(values.dry);
  EXPECT_EQ(values.interval_ms, 5'000);
  EXPECT_EQ(values.format, LogFormat::kJson);
  EXPECT_EQ(values.level, LogLevel::kDebug);
}

TEST(FlagSet, EveryValueOfAListIsLookedAt) {
  Values values;
  values.Parse({"--server", "one,b:2,two", "--server=three"});
  EXPECT_THAT(values.problems, ElementsAre("--server: one has no port", "--server: two has no port",
                                           "--server: three has no port"));
}

TEST(FlagSet, Numbers) {
  const struct {
    const char* text;
    std::optional<uint64_t> number;
  } cases[] = {
      {"2", 2},
      {"18446744073709551615", 18446744073709551615U},
      {"1", std::nullopt},
      {"18446744073709551616", std::nullopt},
      {"-3", std::nullopt},
      {"3.5", std::nullopt},
      {"3x", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& c : cases) {
    FlagSet flags("program", "Does things.");
    std::optional<uint64_t> number;
    flags.Number({"count", "N", "5", "How many.", ""}, 2, UINT64_MAX,
                 [&number](uint64_t n) { number = n; });
    std::vector<std::string> problems;
    flags.Parse({"--count", c.text}, {}, &problems);
    EXPECT_EQ(number, c.number) << c.text;
    EXPECT_EQ(problems.empty(), c.number.has_value()) << c.text;
  }
}

TEST(FlagSet, EnvironmentIsBelowTheCommandLine) {
  Values values;
  values.Parse({"--name=flag"}, {{"NAME", "env"}, {"SERVER", "e:5, f:6"}, {"INTERVAL", ""}});
  EXPECT_THAT(values.problems, IsEmpty());
  EXPECT_EQ(values.name, "flag");
  EXPECT_THAT(values.servers, ElementsAre("e:5", "f:6"));
  EXPECT_EQ(values.interval_ms, 10'000);
}

TEST(FlagSet, AllProblemsAtOnce) {
  Values values;
  values.Parse({"--nonsense", "value", "--name=bad", "--interval", "90s", "stray", "--dry=perhaps",
                "--log-level=loud", "--server"},
               {});
  EXPECT_THAT(values.problems,
              ElementsAre("'--nonsense': no such flag; see --help", "--name: is bad",
                          "--interval: '90s' is not a multiple of 1s from 1s to 1m",
                          "'stray': unexpected argument; see --help",
                          "--dry: 'perhaps' is neither true nor false",
                          "--log-level: 'loud' is none of: debug, info, warning, error",
                          "--server: needs a value (HOST:PORT)"));
}

TEST(FlagSet, ProblemsOfTheEnvironmentNameIt) {
  Values values;
  values.Parse({}, {{"INTERVAL", "soon"}});
  ASSERT_EQ(values.problems.size(), 1U);
  EXPECT_THAT(values.problems[0], HasSubstr("INTERVAL (environment): 'soon'"));
}

TEST(FlagSet, HelpAndVersionWin) {
  Values values;
  EXPECT_EQ(values.Parse({"--nonsense", "--help"}), FlagSet::Outcome::kHelp);
  EXPECT_EQ(values.Parse({"--version"}), FlagSet::Outcome::kVersion);
  EXPECT_THAT(values.problems, IsEmpty());
  EXPECT_THAT(values.help, HasSubstr("--interval DURATION"));
  EXPECT_THAT(values.help, HasSubstr("Default: 10s; environment: INTERVAL"));
}

}  // namespace
}  // namespace kubemonitor
