#include "collector/readers/kernel_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "collector/readers/cgroup_test_tree.h"
#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(ErrnoToStatus, OneMeaningEach) {
  for (const int gone : {ENOENT, ENODEV, ENXIO, ESRCH, ENOTDIR}) {
    EXPECT_TRUE(IsGone(ErrnoToStatus(gone, "read x"))) << gone;
  }
  EXPECT_TRUE(absl::IsUnimplemented(ErrnoToStatus(EOPNOTSUPP, "read x")));
  EXPECT_TRUE(absl::IsPermissionDenied(ErrnoToStatus(EACCES, "read x")));
  EXPECT_TRUE(absl::IsPermissionDenied(ErrnoToStatus(EPERM, "read x")));
  EXPECT_TRUE(absl::IsResourceExhausted(ErrnoToStatus(EMFILE, "read x")));
  EXPECT_TRUE(absl::IsInternal(ErrnoToStatus(EIO, "read x")));
  EXPECT_EQ(std::string(ErrnoToStatus(EIO, "read x").message()), "read x: Input/output error");
}

TEST(Directory, ReadsWholeFilesOfAnySize) {
  TestTree tree;
  tree.Write("empty", "");
  tree.Write("small", "12\n");
  const std::string page(4096, 'p');
  const std::string large(300'001, 'x');
  tree.Write("page", page);
  tree.Write("sub/large", large);
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path());
  ASSERT_TRUE(directory.ok());
  ReadBuffer buffer;
  EXPECT_EQ(*directory->Read("empty", buffer), "");
  EXPECT_EQ(*directory->Read("small", buffer), "12\n");
  EXPECT_EQ(*directory->Read("page", buffer), page);
  EXPECT_EQ(*directory->Read("sub/large", buffer), large);
  EXPECT_TRUE(IsGone(directory->Read("absent", buffer).status()));
  EXPECT_FALSE(directory->Read("sub", buffer).ok());
}

TEST(Directory, AFileAboveTheLimitIsAnError) {
  TestTree tree;
  tree.Write("fits", std::string(kMaxFileBytes - 1, 'x'));
  tree.Write("large", std::string(kMaxFileBytes, 'x'));
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path());
  ReadBuffer buffer;
  EXPECT_EQ(directory->Read("fits", buffer)->size(), kMaxFileBytes - 1);
  EXPECT_TRUE(absl::IsInternal(directory->Read("large", buffer).status()));
  int error = 0;
  EXPECT_EQ(HeldReadSingle(*directory->OpenFile("fits"), buffer, &error).size(), kMaxFileBytes - 1);
  EXPECT_EQ(error, 0);
  EXPECT_EQ(HeldReadSingle(*directory->OpenFile("large"), buffer, &error), "");
  EXPECT_EQ(error, EFBIG);
}

TEST(Directory, HeldReadsSeeNewContent) {
  TestTree tree;
  tree.Write("file", "1\n");
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path());
  const absl::StatusOr<UniqueFd> fd = directory->OpenFile("file");
  ASSERT_TRUE(fd.ok());
  ReadBuffer buffer;
  int error = -1;
  EXPECT_EQ(*HeldRead(*fd, buffer), "1\n");
  tree.Write("file", "22\n");
  EXPECT_EQ(HeldReadSingle(*fd, buffer, &error), "22\n");
  EXPECT_EQ(error, 0);
  const std::string large(10'000, 'y');
  tree.Write("file", large);
  EXPECT_EQ(HeldReadSingle(*fd, buffer, &error), large);
}

TEST(Directory, TellsErrorsOfReading) {
  ReadBuffer buffer;
  int error = 0;
  EXPECT_EQ(HeldReadSingle(UniqueFd(), buffer, &error), "");
  EXPECT_EQ(error, EBADF);
  EXPECT_FALSE(HeldRead(UniqueFd(), buffer).ok());
}

// A process that ends under an open file of it: ESRCH.
TEST(Directory, AProcessThatEndedIsGone) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    while (true) pause();
  }
  const absl::StatusOr<Directory> proc = Directory::Open("/proc/" + std::to_string(child));
  ASSERT_TRUE(proc.ok());
  const absl::StatusOr<UniqueFd> stat = proc->OpenFile("stat");
  ASSERT_TRUE(stat.ok());
  ReadBuffer buffer;
  EXPECT_TRUE(HeldRead(*stat, buffer).ok());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(IsGone(HeldRead(*stat, buffer).status()));
  int error = 0;
  HeldReadSingle(*stat, buffer, &error);
  EXPECT_EQ(error, ESRCH);
  EXPECT_TRUE(IsGone(proc->Read("cgroup", buffer).status()));
}

TEST(Directory, ListsAndCounts) {
  TestTree tree;
  tree.Write("file", "");
  tree.MakeDirectory("a");
  tree.MakeDirectory("b");
  tree.Link("link", "a");
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path());
  EXPECT_THAT(*directory->Subdirectories(), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(*directory->Entries(), UnorderedElementsAre("a", "b", "file", "link"));
  EXPECT_EQ(*directory->ReadLink("link"), "a");
  EXPECT_TRUE(directory->Exists("file"));
  EXPECT_FALSE(directory->Exists("nothing"));
  EXPECT_FALSE(directory->OpenChild("link").ok()) << "links are not followed";
  ASSERT_TRUE(directory->OpenChild("a").ok());
  uint64_t inode_of_a = 0;
  ASSERT_TRUE(directory
                  ->ForEachSubdirectory([&](std::string_view name, uint64_t inode) {
                    if (name == "a") inode_of_a = inode;
                  })
                  .ok());
  EXPECT_EQ(inode_of_a, *directory->OpenChild("a")->Inode());
  const auto count = directory->SubdirectoryCount();
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(count->value_or(2), 2u);
}

TEST(Directory, RemovedWhileOpen) {
  TestTree tree;
  tree.Write("a/file", "1");
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path("a"));
  tree.Remove("a");
  ReadBuffer buffer;
  EXPECT_TRUE(IsGone(directory->Read("file", buffer).status()));
  const absl::StatusOr<std::vector<std::string>> names = directory->Subdirectories();
  EXPECT_TRUE(IsGone(names.status()) || names->empty());
}

TEST(Directory, AFifoDoesNotBlock) {
  TestTree tree;
  ASSERT_EQ(mkfifo(tree.path("fifo").c_str(), 0600), 0);
  const absl::StatusOr<Directory> directory = Directory::Open(tree.path());
  ReadBuffer buffer;
  EXPECT_FALSE(directory->Read("fifo", buffer).ok());
}

TEST(Directory, TellsTheFileSystem) {
  EXPECT_EQ(*Directory::Open("/proc")->FileSystemType(), uint64_t{PROC_SUPER_MAGIC});
  EXPECT_TRUE(IsGone(Directory::Open("/no/such/folder").status()));
}

TEST(Text, ParseUint) {
  EXPECT_EQ(ParseUint("0"), 0u);
  EXPECT_EQ(ParseUint("18446744073709551615"), UINT64_MAX);
  for (const char* bad :
       {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "18446744073709551616", "max"}) {
    EXPECT_EQ(ParseUint(bad), std::nullopt) << bad;
  }
}

TEST(Text, LinesAndWords) {
  std::string_view rest = "a b\n\nlast";
  std::string_view line;
  ASSERT_TRUE(NextLine(rest, line));
  EXPECT_EQ(line, "a b");
  ASSERT_TRUE(NextLine(rest, line));
  EXPECT_THAT(line, IsEmpty());
  ASSERT_TRUE(NextLine(rest, line));
  EXPECT_EQ(line, "last");
  EXPECT_FALSE(NextLine(rest, line));
  rest = " \ta  b ";
  std::string_view word;
  ASSERT_TRUE(NextWord(rest, word));
  EXPECT_EQ(word, "a");
  ASSERT_TRUE(NextWord(rest, word));
  EXPECT_EQ(word, "b");
  EXPECT_FALSE(NextWord(rest, word));
  EXPECT_EQ(Trim(" \n a b\t"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

}  // namespace
}  // namespace kubemonitor
