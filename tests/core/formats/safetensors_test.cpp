#include "formats/safetensors.h"

#include <gtest/gtest.h>

#include <random>

#include "base/files.h"
#include "core/formats/file_bytes.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe::safetensors {
namespace {

std::function<std::vector<std::byte>()> bytes(std::size_t count, int value = 0) {
    return [=] { return std::vector(count, static_cast<std::byte>(value)); };
}

class SafetensorsTest : public ::testing::Test {
  protected:
    std::filesystem::path path() const { return folder_.path() / "toy.safetensors"; }

    static std::string file_of(std::string_view header, std::size_t data) {
        return FileBytes().text(header).zeros(data).bytes();
    }
    /// What the reader says of a file of these bytes, after the file's name and "damaged or incomplete: "; ""
    /// when it takes the file.
    std::string damage_of(const std::string& content) const {
        const auto where = folder_.file("toy.safetensors", content);
        auto text = message_of([&] { File file(where); });
        if (text.empty()) return text;
        const auto prefix = where.string() + ": damaged or incomplete: ";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : "(no file name) " + text;
    }
    /// Of a file of one tensor 'w' described by the JSON, with 8 bytes of data.
    std::string damage_of_tensor(const std::string& json) const {
        return damage_of(file_of("{\"w\":" + json + "}", 8));
    }

    TemporaryFolder folder_;
};

TEST_F(SafetensorsTest, ComesBackAsWritten) {
    write(path(),
          {{"b", DType::F32, {2, 1}, bytes(8, 1)},
           {"a \"quoted\"", DType::BF16, {3}, bytes(6, 2)},
           {"none", DType::I64, {0, 5}, bytes(0)}},
          {{"format", "pt"}});
    const File file(path());
    ASSERT_EQ(file.tensors().size(), 3U);
    EXPECT_EQ(file.tensors()[0].name, "b");
    EXPECT_EQ(file.at("b").shape, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(file.at("a \"quoted\"").dtype, DType::BF16);
    EXPECT_EQ(file.at("a \"quoted\"").data[5], std::byte{2});
    EXPECT_TRUE(file.at("none").data.empty());
    EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{{"format", "pt"}}));
    EXPECT_EQ(file.find("c"), nullptr);
    EXPECT_EQ(message_of([&] { file.at("c"); }), path().string() + ": tensor 'c' is missing");
}

TEST_F(SafetensorsTest, AnEmptyFileIsAFile) {
    write(path(), {}, {});
    EXPECT_TRUE(File(path()).tensors().empty());
}

TEST_F(SafetensorsTest, TheWriterRefusesWhatDoesNotFitAndLeavesNothing) {
    const auto refusal = [&](const std::vector<TensorToWrite>& tensors) {
        auto text = message_of([&] { write(path(), tensors, {}); });
        EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "something is left behind";
        return text;
    };
    const auto name = path().string() + ": tensor 'w'";
    EXPECT_EQ(refusal({{"w", DType::F32, {2}, bytes(7)}}), name + " takes 8 bytes, but 7 were given");
    EXPECT_EQ(refusal({{"w", DType::U8, {1}, bytes(1)}, {"w", DType::U8, {1}, bytes(1)}}),
              name + " occurs twice");
    EXPECT_EQ(refusal({{"w", DType::F64, {1LL << 61}, bytes(0)}}),
              name + ": the shape [2305843009213693952] cannot be written");
    EXPECT_EQ(refusal({{"w", DType::U8, {-1}, bytes(0)}}), name + ": the shape [-1] cannot be written");
}

TEST_F(SafetensorsTest, DamagedHeaders) {
    EXPECT_EQ(damage_of(""), "the header: 8 bytes are needed at byte 0, but the file ends at byte 0");
    EXPECT_EQ(damage_of(FileBytes().u64(90).raw("{}").bytes()),
              "the header: 90 bytes are needed at byte 8, but the file ends at byte 10");
    EXPECT_EQ(damage_of(FileBytes().u64(1ULL << 60).raw("{}").bytes()),
              "the header: it claims 1152921504606846976 bytes, more than the 100000000 allowed");
    EXPECT_EQ(damage_of(file_of("{\"w\":", 0)), "the header: it is not valid JSON (at byte 14)");
    EXPECT_EQ(damage_of(file_of("{\"\xff\":1}", 0)), "the header: it is not valid JSON (at byte 11)");
    EXPECT_EQ(damage_of(file_of("[]", 0)), "the header: it is not a JSON object");
    EXPECT_EQ(damage_of(file_of("", 0)), "the header: it is not valid JSON (at byte 9)");
    EXPECT_EQ(damage_of(file_of("{\"a\":[[[1]]]}", 0)), "the header: the JSON is nested too deep");
    EXPECT_EQ(damage_of(file_of(std::string(1'000'000, '['), 0)), "the header: the JSON is nested too deep");
    EXPECT_EQ(damage_of(file_of("{\"a\":1,\"a\":2}", 0)), "the header: the name 'a' occurs twice");
    EXPECT_EQ(damage_of(file_of("{\"__metadata__\":{\"a\":1}}", 0)), "__metadata__: 'a' is not a string");
    EXPECT_EQ(damage_of(file_of("{\"__metadata__\":[]}", 0)), "__metadata__: it is not a JSON object");
}

TEST_F(SafetensorsTest, DamagedTensors) {
    EXPECT_EQ(damage_of_tensor("7"), "tensor 'w': it is not a JSON object");
    EXPECT_EQ(damage_of_tensor(R"({"shape":[2],"data_offsets":[0,8]})"), "tensor 'w': it has no 'dtype'");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]})"),
              "tensor 'w': its dtype 'F8_E4M3' is not supported");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","data_offsets":[0,8]})"),
              "tensor 'w': it has no list 'shape'");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"),
              "tensor 'w': 'shape' holds -2");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[2.5],"data_offsets":[0,8]})"),
              "tensor 'w': 'shape' holds 2.5");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":["\n"],"data_offsets":[0,8]})"),
              "tensor 'w': 'shape' holds \"\\n\"");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})"),
              "tensor 'w': 'shape' holds 18446744073709551615");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]})"),
              "tensor 'w': the shape [4294967296, 4294967296] overflows");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"),
              "tensor 'w': the shape [3] of F32 takes 12 bytes, but its data_offsets span 8");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"),
              "tensor 'w': its data_offsets are not a begin and an end");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0]})"),
              "tensor 'w': its data_offsets are not a begin and an end");
    EXPECT_EQ(damage_of_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})"),
              "tensor 'w': its data ends at offset 16, beyond the 8 bytes of data in the file");
}

TEST_F(SafetensorsTest, GapsOverlapsAndHiddenBytes) {
    const auto pair = [&](const std::string& first, const std::string& second) {
        return damage_of(file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
                                     R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}",
                                 10));
    };
    EXPECT_EQ(pair("[0,4]", "[6,10]"),
              "tensor 'b': its data begins at offset 6, but the tensor before it ends at 4");
    EXPECT_EQ(pair("[4,8]", "[2,6]"),
              "tensor 'b': its data begins at offset 2, but the tensor before it ends at 0");
    EXPECT_EQ(pair("[0,4]", "[0,4]"),
              "tensor 'b': its data begins at offset 0, but the tensor before it ends at 4");
    EXPECT_EQ(pair("[4,8]", "[0,4]"), "the data: 2 bytes belong to no tensor");
}

TEST_F(SafetensorsTest, EveryTruncationIsSaid) {
    write(path(), {{"first", DType::F32, {2, 3}, bytes(24)}, {"second", DType::U8, {5}, bytes(5)}},
          {{"format", "pt"}});
    const auto whole = read_text_file(path());
    ASSERT_EQ(damage_of(whole), "");
    for (std::size_t kept = 0; kept < whole.size(); ++kept)
        ASSERT_FALSE(damage_of(whole.substr(0, kept)).empty()) << kept << " of " << whole.size() << " bytes";
}

// Under AddressSanitizer and UBSan this is a small fuzzer: any answer will do, as long as it is one.
TEST_F(SafetensorsTest, AnyBytesAreTakenOrRefused) {
    write(path(), {{"first", DType::F32, {2, 3}, bytes(24)}, {"second", DType::U8, {5}, bytes(5)}},
          {{"format", "pt"}});
    const auto whole = read_text_file(path());
    std::mt19937 random(10);
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        auto content = whole;
        for (auto flips = 1 + random() % 3; flips > 0; --flips)
            content[random() % content.size()] = static_cast<char>(random());
        refused += damage_of(content).empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace dotmoe::safetensors
