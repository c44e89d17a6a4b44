#include "formats/gguf.h"

#include <gtest/gtest.h>

#include "formats/gguf_writer.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe::gguf {
namespace {

std::function<std::vector<std::byte>()> floats(std::vector<float> values) {
    return [values = std::move(values)] {
        const auto bytes = std::as_bytes(std::span(values));
        return std::vector<std::byte>(bytes.begin(), bytes.end());
    };
}

class GgufTest : public ::testing::Test {
  protected:
    std::filesystem::path path() const { return folder_.path() / "toy.gguf"; }
    File written(const std::vector<std::pair<std::string, Value>>& metadata,
                 const std::vector<TensorToWrite>& tensors = {}) const {
        write(path(), metadata, tensors);
        return File(path());
    }
    std::string refusal(const std::vector<TensorToWrite>& tensors) const {
        const auto text = message_of([&] { write(path(), {}, tensors); });
        EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "something is left behind";
        const auto prefix = path().string() + ": ";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : "(no file name) " + text;
    }
    TemporaryFolder folder_;
};

TEST_F(GgufTest, TensorsComeBackWithNamesShapesAndData) {
    const auto file = written({}, {{"b", TensorType::F32, {2, 3}, floats({1, 2, 3, 4, 5, 6})},
                                   {"a", TensorType::F32, {1}, floats({7})}});
    ASSERT_EQ(file.tensors().size(), 2U);
    EXPECT_EQ(file.version(), 3U);
    const auto& b = file.at("b");
    EXPECT_EQ(b.shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(b.elements(), 6);
    EXPECT_EQ(reinterpret_cast<const float*>(b.data.data())[5], 6);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.at("a").data.data()) % 32, 0U);
    EXPECT_EQ(file.find("c"), nullptr);
    EXPECT_EQ(message_of([&] { file.at("c"); }), path().string() + ": tensor 'c' is missing");
}

TEST_F(GgufTest, AScalarHasOneElement) {
    EXPECT_EQ(written({}, {{"scalar", TensorType::F32, {}, floats({7})}}).at("scalar").elements(), 1);
}

TEST_F(GgufTest, MetadataAsTheTypeThatIsAskedFor) {
    const auto file = written({{"count", std::uint64_t{1} << 40},
                               {"negative", std::int64_t{-3}},
                               {"real", 0.25},
                               {"flag", true},
                               {"text", std::string("grey")},
                               {"numbers", std::vector<std::int64_t>{-1, 1LL << 40}},
                               {"reals", std::vector<double>{0.5}},
                               {"flags", std::vector<bool>{false, true}},
                               {"texts", std::vector<std::string>{"", "x"}}});
    EXPECT_EQ(file.get<std::int64_t>("count"), std::int64_t{1} << 40);
    EXPECT_EQ(file.get<std::int64_t>("negative"), -3);
    EXPECT_EQ(file.get<double>("negative"), -3.0);
    EXPECT_EQ(file.get<double>("count"), 0x1p40);
    EXPECT_EQ(file.get<double>("real"), 0.25);
    EXPECT_EQ(file.get<bool>("flag"), true);
    EXPECT_EQ(file.get<std::string>("text"), "grey");
    EXPECT_EQ(file.get<std::vector<std::int64_t>>("numbers"), (std::vector<std::int64_t>{-1, 1LL << 40}));
    EXPECT_EQ(file.get<std::vector<double>>("reals"), std::vector<double>{0.5});
    EXPECT_EQ(file.get<std::vector<bool>>("flags"), (std::vector<bool>{false, true}));
    EXPECT_EQ(file.get<std::vector<std::string>>("texts"), (std::vector<std::string>{"", "x"}));
    EXPECT_EQ(file.get<std::string>("absent"), std::nullopt);
    EXPECT_EQ(file.require<std::string>("text"), "grey");
}

TEST_F(GgufTest, MetadataOfAnotherKindIsSaid) {
    const auto file = written({{"text", std::string("grey")}, {"real", 0.25}});
    const auto name = path().string() + ": ";
    EXPECT_EQ(message_of([&] { file.get<std::int64_t>("text"); }),
              name + "metadata 'text' holds a string where an integer is needed");
    EXPECT_EQ(message_of([&] { file.get<std::int64_t>("real"); }),
              name + "metadata 'real' holds a number where an integer is needed");
    EXPECT_EQ(message_of([&] { file.get<std::vector<double>>("real"); }),
              name + "metadata 'real' holds a number where an array of numbers is needed");
    EXPECT_EQ(message_of([&] { file.require<bool>("absent"); }), name + "metadata 'absent' is missing");
}

TEST_F(GgufTest, TheWriterRefusesWhatDoesNotFit) {
    EXPECT_EQ(refusal({{"w", TensorType::F32, {2}, floats({1, 2, 3})}}),
              "tensor 'w' takes 8 bytes, but 12 were given");
    EXPECT_EQ(refusal({{"w", TensorType::F32, {1}, floats({1})}, {"w", TensorType::F32, {1}, floats({1})}}),
              "tensor 'w' occurs twice");
    EXPECT_EQ(refusal({{"w", TensorType::F32, {1LL << 62, 4}, floats({})}}),
              "tensor 'w': the shape [4611686018427387904, 4] cannot be written as F32");
    EXPECT_EQ(refusal({{"w", TensorType::Q4_0, {8}, floats({})}}),
              "tensor 'w': the shape [8] cannot be written as Q4_0");
}

TEST_F(GgufTest, AFailureWhileWritingKeepsTheOldFile) {
    written({{"text", std::string("old")}});
    const auto broken = []() -> std::vector<std::byte> { fail("the source is gone"); };
    EXPECT_EQ(message_of([&] {
                  write(path(), {}, {{"w", TensorType::F32, {2}, broken}});
              }),
              "the source is gone");
    EXPECT_EQ(File(path()).get<std::string>("text"), "old");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(GgufTest, DataIsAskedForOnceAndInOrder) {
    std::vector<std::string> asked;
    const auto recorded = [&](const std::string& name) {
        return [&asked, name] {
            asked.push_back(name);
            return std::vector<std::byte>(4);
        };
    };
    written({}, {{"z", TensorType::F32, {1}, recorded("z")}, {"a", TensorType::F32, {1}, recorded("a")}});
    EXPECT_EQ(asked, (std::vector<std::string>{"z", "a"}));
}

TEST(GgufTypes, SizesAndNames) {
    EXPECT_EQ(byte_size(TensorType::F32, 10), 40);
    EXPECT_EQ(byte_size(TensorType::BF16, 10), 20);
    EXPECT_EQ(byte_size(TensorType::Q4_1, 64), 40);
    EXPECT_EQ(byte_size(TensorType::Q6_K, 512), 420);
    EXPECT_EQ(type_name(TensorType::Q5_K), "Q5_K");
    EXPECT_EQ(message_of([] { byte_size(TensorType::Q8_0, 33); }),
              "33 values do not fill whole blocks of Q8_0");
}

}  // namespace
}  // namespace dotmoe::gguf
