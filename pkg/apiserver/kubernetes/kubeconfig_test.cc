#include "apiserver/kubernetes/kubeconfig.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "apiserver/kubernetes/yaml_document.h"

namespace kubemonitor {
namespace {

// A kubeconfig as kubectl writes it, with this cluster and user.
std::string Config(const std::string& cluster, const std::string& user) {
  return fmt::format(R"(apiVersion: v1
kind: Config
preferences: {{}}
current-context: dev
contexts:
- name: other
  context: {{cluster: none, user: none}}
- name: dev
  context:
    cluster: c1
    user: u1
    namespace: default
clusters:
- name: c1
  cluster: {}
users:
- name: u1
  user: {}
)",
                     cluster, user);
}

TEST(KubeconfigTest, Users) {
  const std::string cluster = "{server: \"https://10.0.0.1:6443\", certificate-authority: ca.crt}";
  const auto token = ParseKubeconfig(Config(cluster, "{token: abc}"), "/etc/kube");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->mode, "kubeconfig");
  EXPECT_EQ(token->Url(), "https://10.0.0.1:6443");
  EXPECT_EQ(token->ca.path, "/etc/kube/ca.crt");
  EXPECT_EQ(token->token.text, "abc");
  EXPECT_TRUE(token->verify);
  EXPECT_EQ(token->server_name, "");

  const auto file =
      ParseKubeconfig(Config(cluster, "{token: abc, tokenFile: /run/token}"), "/etc/kube");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->token.path, "/run/token");

  const auto certificate = ParseKubeconfig(
      Config(cluster, "{client-certificate: sub/me.crt, client-key-data: a2V5Cg==}"), "/etc/kube");
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(certificate->client_certificate.path, "/etc/kube/sub/me.crt");
  EXPECT_EQ(certificate->client_key.text, "key\n");

  const auto nobody = ParseKubeconfig(Config(cluster, "{}"), "/");
  ASSERT_TRUE(nobody.ok()) << nobody.status();
  EXPECT_TRUE(nobody->token.empty());
  const auto null = ParseKubeconfig(Config(cluster, "{token: null, exec: ~}"), "/");
  ASSERT_TRUE(null.ok()) << null.status();
}

TEST(KubeconfigTest, Clusters) {
  const auto access = ParseKubeconfig(
      Config("\n    server: https://kube.example.com\n    tls-server-name: kube.internal\n"
             "    insecure-skip-tls-verify: true\n    certificate-authority-data: Y2E=",
             "{}"),
      "/");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->host, "kube.example.com");
  EXPECT_EQ(access->server_name, "kube.internal");
  EXPECT_FALSE(access->verify);
  EXPECT_EQ(access->ca.text, "ca");
  const auto plain = ParseKubeconfig(Config("{server: \"http://127.0.0.1:8001\"}", "{}"), "/");
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_FALSE(plain->tls);
  EXPECT_TRUE(plain->ca.empty());
}

TEST(KubeconfigTest, IsJsonToo) {
  const auto access = ParseKubeconfig(
      R"({"current-context":"a","contexts":[{"name":"a","context":{"cluster":"b"}}],
          "clusters":[{"name":"b","cluster":{"server":"https://h"}}]})",
      "/");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->Url(), "https://h:443");
}

TEST(KubeconfigTest, SaysWhatIsWrong) {
  const std::string cluster = "{server: \"https://10.0.0.1:6443\"}";
  const struct {
    std::string text, part;
  } kCases[] = {
      {"", "no current-context"},
      {"[]", "no current-context"},
      {"current-context: x", "contexts has no entry named 'x'"},
      {"a: [\n", "line "},
      {"\"\\q\"", "line 1"},
      {Config("{}", "{}"), "does not begin with https://"},
      {Config("{server: \"http://10.0.0.1\"}", "{}"), "plain http is for loopback"},
      {Config("{server: \"https://h\", proxy-url: \"http://p\"}", "{}"), "proxies are not"},
      {Config("{server: \"https://h\", certificate-authority-data: \"?\"}", "{}"),
       "certificate-authority-data is not base64"},
      {Config(cluster, "{exec: {command: aws}}"), "credential plugins (exec) are not run"},
      {Config(cluster, "{auth-provider: {name: gcp}}"), "auth-provider plugins"},
      {Config(cluster, "{username: a, password: b}"), "no user names and passwords"},
      {Config(cluster, "{as: admin}"), "impersonation"},
      {Config(cluster, "{client-certificate: a.crt}"), "belong together"},
      {Config(cluster, "{client-key-data: \"a2V5\", client-certificate-data: \"=\"}"),
       "client-certificate-data is not base64"},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: b, user: c}}]\n"
       "clusters: [{name: b, cluster: {server: \"https://h\"}}]",
       "users has no entry named 'c'"},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: b}}]",
       "clusters has no entry named 'b'"},
      {std::string(2 << 20, ' '), "too large"},
  };
  for (const auto& [text, part] : kCases) {
    const auto access = ParseKubeconfig(text, "/");
    ASSERT_FALSE(access.ok()) << text;
    EXPECT_NE(access.status().message().find(part), absl::string_view::npos) << access.status();
  }
}

TEST(KubeconfigTest, Files) {
  const std::string directory = ::testing::TempDir() + "kubeconfig-test";
  std::filesystem::create_directories(directory);
  const std::string path = directory + "/config";
  EXPECT_EQ(LoadKubeconfig(path).status().message(),
            "kubeconfig: cannot read " + path + ": No such file or directory");
  std::ofstream(path) << Config("{server: \"https://h\", certificate-authority: ca}", "{}");
  const auto access = LoadKubeconfig(path);
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->ca.path, directory + "/ca");
  std::ofstream(path) << "x";
  EXPECT_TRUE(LoadKubeconfig(path).status().message().find("kubeconfig " + path + ": it has no") !=
              absl::string_view::npos);
  std::filesystem::remove_all(directory);
}

TEST(Base64Test, Decodes) {
  const struct {
    std::string text;
    std::optional<std::string> out;
  } kCases[] = {
      {"", ""},
      {"Zg==", "f"},
      {"Zm8=", "fo"},
      {"Zm9v", "foo"},
      {"Zm9vYg==", "foob"},
      {"Zm9v\nYg==\n", "foob"},
      {"+/+/", "\xFB\xFF\xBF"},
      {"Zg", std::nullopt},
      {"Zg=", std::nullopt},
      {"Z", std::nullopt},
      {"Zg==x", std::nullopt},
      {"Z?==", std::nullopt},
      {"====", std::nullopt},
      {"Zm9v=", std::nullopt},
  };
  for (const auto& [text, out] : kCases) EXPECT_EQ(DecodeBase64(text), out) << text;
}

TEST(YamlDocumentTest, AliasesStandForWhatTheyName) {
  const auto document = YamlDocument::Parse("a: &x {k: v}\nb: *x\nc: [*x, 1, ~]\nd: !!str 5\n");
  ASSERT_TRUE(document.ok()) << document.status();
  const auto root = (*document)->root();
  EXPECT_EQ(root["b"]["k"].text(), "v");
  EXPECT_EQ(root["c"].items().size(), 3u);
  EXPECT_EQ(root["c"].items()[0]["k"].text(), "v");
  EXPECT_EQ(root["c"].items()[2].text(), std::nullopt);
  EXPECT_FALSE(root["c"].items()[2].is_set());
  EXPECT_EQ(root["d"].text(), "5");
  EXPECT_EQ(root["none"]["deeper"].text(), std::nullopt);
  EXPECT_TRUE(root["none"].items().empty());
  EXPECT_FALSE(root["none"].is_set());
  EXPECT_TRUE(root["a"].is_set());
  EXPECT_EQ(root["a"].text(), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
