// Writers on a disk without room: one clear line, the old file kept, nothing left behind.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/files.h"
#include "formats/gguf_writer.h"
#include "formats/safetensors.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

/// No file may grow beyond the limit: the kernel then fails write() as it does on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    sighandler_t handler_;
};

template <typename Write>
void expect_nothing_but_the_old_file(Write write) {
    const TemporaryFolder folder;
    const auto path = folder.file("out", "the old file");
    const auto text = message_of([&] {
        const FileSizeLimit limit(10'000);
        write(path);
    });
    EXPECT_EQ(text, path.string() + ": writing failed: File too large");
    EXPECT_EQ(read_text_file(path), "the old file");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

std::vector<std::byte> four_thousand_bytes() {
    return std::vector<std::byte>(4000);
}

TEST(DiskFull, Gguf) {
    expect_nothing_but_the_old_file([](const std::filesystem::path& path) {
        gguf::write(path, {},
                    {{"a", gguf::TensorType::F32, {1000}, four_thousand_bytes},
                     {"b", gguf::TensorType::F32, {1000}, four_thousand_bytes},
                     {"c", gguf::TensorType::F32, {1000}, four_thousand_bytes}});
    });
}

TEST(DiskFull, Safetensors) {
    expect_nothing_but_the_old_file([](const std::filesystem::path& path) {
        safetensors::write(path,
                           {{"a", safetensors::DType::F32, {1000}, four_thousand_bytes},
                            {"b", safetensors::DType::F32, {1000}, four_thousand_bytes},
                            {"c", safetensors::DType::F32, {1000}, four_thousand_bytes}},
                           {});
    });
}

}  // namespace
}  // namespace dotmoe
