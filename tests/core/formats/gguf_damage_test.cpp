// No file, however damaged, may do more than make the reader throw one line that names the file and the
// place.
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "base/files.h"
#include "core/formats/file_bytes.h"
#include "formats/gguf.h"
#include "formats/gguf_writer.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

constexpr std::uint64_t huge = 1ULL << 60;
constexpr std::uint64_t beyond_int64 = 1ULL << 63;
constexpr std::uint32_t type_string = 8, type_array = 9, type_u32 = 4, type_bool = 7, type_u64 = 10;

class GgufDamage : public ::testing::Test {
  protected:
    /// What the reader says of a file of these bytes, without the file's name; "" when it takes the file.
    std::string said_of(const std::string& bytes) const {
        const auto path = folder_.file("bad.gguf", bytes);
        auto text = message_of([&] { gguf::File file(path); });
        if (text.empty()) return text;
        const auto prefix = path.string() + ": ";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : "(no file name) " + text;
    }
    std::string damage_of(const FileBytes& file) const { return damage_of(file.bytes()); }
    std::string damage_of(const std::string& bytes) const {
        const auto text = said_of(bytes);
        const std::string prefix = "damaged or incomplete: ";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : "(not called damaged) " + text;
    }
    static FileBytes entry(std::string_view key, std::uint32_t type) {
        auto file = gguf_preamble(0, 1);
        file.text(key).u32(type);
        return file;
    }
    TemporaryFolder folder_;
};

TEST_F(GgufDamage, NotGgufAtAll) {
    EXPECT_EQ(said_of(""), "is empty, not a GGUF file");
    EXPECT_EQ(said_of("PK\x03\x04 a zip archive"),
              "is not a GGUF file: it starts with 'PK\\x03\\x04' instead of 'GGUF'");
    EXPECT_EQ(damage_of(std::string("GG")),
              "the magic number: 4 bytes are needed at byte 0, but the file ends at byte 2");
}

TEST_F(GgufDamage, OtherVersions) {
    EXPECT_EQ(said_of(gguf_preamble(0, 0, 2).bytes()),
              "is GGUF version 2; only version 3 can be read: convert it again with a current llama.cpp");
    EXPECT_EQ(said_of(gguf_preamble(0, 0, 3U << 24).bytes()),
              "is a big-endian GGUF file; only little-endian ones can be read");
}

TEST_F(GgufDamage, CountsBeyondTheFile) {
    EXPECT_EQ(damage_of(gguf_preamble(huge, 0)),
              "the counts of tensors and metadata entries: it claims 1152921504606846976 entries, more than "
              "the 8 bytes "
              "left of the file can hold");
    EXPECT_EQ(damage_of(gguf_preamble(0, huge)),
              "the counts of tensors and metadata entries: it claims 1152921504606846976 entries, more than "
              "the 0 bytes "
              "left of the file can hold");
}

TEST_F(GgufDamage, LengthsBeyondTheFile) {
    const std::string claim =
        ": it claims 1152921504606846976 entries, more than the 16 bytes left of the file can hold";
    EXPECT_EQ(damage_of(gguf_preamble(0, 1).u64(huge).zeros(16)), "the key of metadata entry 0" + claim);
    EXPECT_EQ(damage_of(entry("k", type_string).u64(huge).zeros(16)), "metadata entry 'k'" + claim);
    for (std::uint32_t type = 0; type <= 12; ++type) {
        if (type == type_array) continue;
        EXPECT_EQ(damage_of(entry("k", type_array).u32(type).u64(huge).zeros(16)),
                  "metadata entry 'k'" + claim)
            << type;
    }
    EXPECT_EQ(damage_of(gguf_preamble(1, 0).u64(huge).zeros(16)), "the name of tensor 0" + claim);
}

TEST_F(GgufDamage, ImpossibleValues) {
    EXPECT_EQ(damage_of(entry("k", 13).zeros(16)), "metadata entry 'k': value type 13 is unknown");
    EXPECT_EQ(damage_of(entry("k", type_array).u32(99).u64(1).zeros(16)),
              "metadata entry 'k': array element type 99 is unknown");
    EXPECT_EQ(damage_of(entry("k", type_array).u32(type_array).u64(1).zeros(16)),
              "metadata entry 'k': arrays of arrays are not supported");
    EXPECT_EQ(damage_of(entry("k", type_bool).raw("\x02")), "metadata entry 'k': a boolean holds 2");
    EXPECT_EQ(damage_of(entry("k", type_array).u32(type_u64).u64(1).u64(beyond_int64)),
              "metadata entry 'k': the array holds 9223372036854775808, which is above 2^63 - 1");
}

TEST_F(GgufDamage, NamesThatOccurTwice) {
    auto keys = gguf_preamble(0, 2);
    for (int i = 0; i < 2; ++i) keys.text("same").u32(type_u32).u32(1);
    EXPECT_EQ(damage_of(keys), "metadata entry 'same': the key occurs twice");
    EXPECT_EQ(damage_of(gguf_with({{}, {.offset = 32}}, 64)), "tensor 'weights': the name occurs twice");
}

TEST_F(GgufDamage, HostileNamesStayOnOneLine) {
    EXPECT_EQ(
        damage_of(gguf_with({{.name = "two\nlines'\xff" + std::string(100, 'x'), .dimensions = {0}}}, 64)),
        "tensor 'two\\x0alines\\x27\\xff" + std::string(69, 'x') + "...': a dimension is 0");
}

TEST_F(GgufDamage, Shapes) {
    const auto shape = [&](std::vector<std::uint64_t> dimensions, std::uint32_t type = 0) {
        return damage_of(gguf_with({{.dimensions = std::move(dimensions), .type = type}}, 64));
    };
    EXPECT_EQ(shape({1, 1, 1, 1, 1}), "tensor 'weights': it has 5 dimensions, at most 4 are allowed");
    EXPECT_EQ(shape({4, 0}), "tensor 'weights': a dimension is 0");
    EXPECT_EQ(shape({beyond_int64}), "tensor 'weights': a dimension is 9223372036854775808");
    EXPECT_EQ(shape({1ULL << 32, 1ULL << 32}),
              "tensor 'weights': the shape [4294967296, 4294967296] overflows");
    EXPECT_EQ(shape({1ULL << 62}),
              "tensor 'weights': the shape [4611686018427387904] overflows");  // times 4 bytes
    EXPECT_EQ(shape({48, 2}, 2),
              "tensor 'weights': rows of 48 values do not fill whole blocks of Q4_0 (32 values)");
    EXPECT_EQ(shape({32, 8}, 12),
              "tensor 'weights': rows of 32 values do not fill whole blocks of Q4_K (256 values)");
    auto endless = gguf_preamble(1, 0);
    endless.text("weights").u32(std::numeric_limits<std::uint32_t>::max()).zeros(64);
    EXPECT_EQ(damage_of(endless), "tensor 'weights': it has 4294967295 dimensions, at most 4 are allowed");
}

TEST_F(GgufDamage, Offsets) {
    const auto offset = [&](std::uint64_t value) { return damage_of(gguf_with({{.offset = value}}, 64)); };
    EXPECT_EQ(
        offset(64),
        "tensor 'weights': its data (16 bytes at offset 64) reaches beyond the 64 bytes of data in the file");
    EXPECT_EQ(offset(8), "tensor 'weights': its offset 8 is not a multiple of the alignment 32");
    EXPECT_EQ(offset(huge),
              "tensor 'weights': its data (16 bytes at offset 1152921504606846976) reaches beyond the 64 "
              "bytes of data in the file");
    EXPECT_EQ(offset(0 - 32ULL),
              "tensor 'weights': its data (16 bytes at offset 18446744073709551584) reaches beyond "
              "the 64 bytes of data in the file");
    EXPECT_EQ(damage_of(gguf_with({{.name = "a", .dimensions = {16}}, {.name = "b", .offset = 32}}, 64)),
              "tensor 'b': its data overlaps that of tensor 'a'");
    EXPECT_EQ(damage_of(gguf_with({{.name = "a"}, {.name = "b"}}, 64)),
              "tensor 'b': its data overlaps that of tensor 'a'");
    EXPECT_EQ(said_of(gguf_with({{.name = "b", .offset = 32}, {.name = "a"}}, 48)),
              "");  // any order is allowed
}

TEST_F(GgufDamage, Alignment) {
    const auto aligned_to = [&](std::uint32_t value) {
        return said_of(gguf_preamble(0, 1).text("general.alignment").u32(type_u32).u32(value).bytes());
    };
    const std::string refusal =
        "damaged or incomplete: metadata entry 'general.alignment': it is not a power of two";
    EXPECT_EQ(aligned_to(0), refusal);
    EXPECT_EQ(aligned_to(24), refusal);
    EXPECT_EQ(aligned_to(64), "");
    EXPECT_EQ(aligned_to(1U << 31), "");
    EXPECT_EQ(said_of(gguf_preamble(0, 1).text("general.alignment").u32(type_string).text("32").bytes()),
              refusal);
}

TEST_F(GgufDamage, TypesThatAreNotReadAreNamed) {
    const auto type = [&](std::uint32_t id) {
        return said_of(gguf_with({{.dimensions = {256}, .type = id}}, 1024));
    };
    const std::string advice = ", which cannot be read; take a file quantised as Q4_K_M, Q6_K or Q8_0";
    EXPECT_EQ(type(10), "tensor 'weights' is of type Q2_K (id 10)" + advice);
    EXPECT_EQ(type(19), "tensor 'weights' is of type IQ1_S (id 19)" + advice);
    EXPECT_EQ(type(39), "tensor 'weights' is of type MXFP4 (id 39)" + advice);
    EXPECT_EQ(type(4), "tensor 'weights' is of type unknown (id 4)" + advice);
    EXPECT_EQ(type(4'000'000'000), "tensor 'weights' is of type unknown (id 4000000000)" + advice);
}

/// A small file with every kind of metadata and several tensors.
std::string valid_file(const TemporaryFolder& folder) {
    const auto path = folder.path() / "valid.gguf";
    const auto zeros = [](std::size_t bytes) { return [bytes] { return std::vector<std::byte>(bytes); }; };
    gguf::write(path,
                {{"general.architecture", std::string("llama")},
                 {"count", std::uint64_t{7}},
                 {"negative", std::int64_t{-7}},
                 {"real", 0.5},
                 {"flag", true},
                 {"texts", std::vector<std::string>{"a", "", "some longer text"}},
                 {"numbers", std::vector<std::int64_t>{1, 2, 3}},
                 {"reals", std::vector<double>{1, 2, 3}},
                 {"flags", std::vector<bool>{true, false}}},
                {{"first", gguf::TensorType::F32, {3, 8}, zeros(96)},
                 {"second", gguf::TensorType::F16, {16}, zeros(32)},
                 {"third", gguf::TensorType::BF16, {2, 16}, zeros(64)}});
    return read_text_file(path);
}

TEST_F(GgufDamage, EveryTruncationIsSaid) {
    const auto whole = valid_file(folder_);
    ASSERT_EQ(said_of(whole), "");
    for (std::size_t kept = 1; kept < whole.size(); ++kept)
        ASSERT_FALSE(damage_of(whole.substr(0, kept)).empty()) << kept << " of " << whole.size() << " bytes";
}

// Under AddressSanitizer and UBSan this is a small fuzzer: any answer will do, as long as it is one.
TEST_F(GgufDamage, AnyBytesAreTakenOrRefused) {
    const auto whole = valid_file(folder_);
    std::mt19937 random(9);
    int refused = 0;
    for (int round = 0; round < 2000; ++round) {
        auto bytes = whole;
        for (auto flips = 1 + random() % 4; flips > 0; --flips)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
        refused += said_of(bytes).empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 500);
}

TEST_F(GgufDamage, TheRealModelTruncatedAtTwentyPlaces) {
    const std::filesystem::path model = DOTMOE_DEPS "/model/SmolLM2-135M-Instruct.Q4_1.gguf";
    if (!std::filesystem::exists(model))
        GTEST_SKIP() << model << " is not there: packaging/setup.sh fetches it";
    const auto whole = std::filesystem::file_size(model);
    const auto copy = folder_.path() / "cut.gguf";
    std::filesystem::copy_file(model, copy);
    for (int i = 19; i >= 0; --i) {
        // Nine cuts through the header (about 1.7 MB), the others through the data.
        const auto kept = i < 10 ? 180'000ULL * static_cast<std::uint64_t>(i) + 3
                                 : whole / 10 * static_cast<std::uint64_t>(i - 9) - 1;
        std::filesystem::resize_file(copy, kept);
        const auto text = message_of([&] { gguf::File file(copy); });
        EXPECT_TRUE(text.starts_with(copy.string() + ": damaged or incomplete: "))
            << kept << " bytes: " << text;
    }
}

}  // namespace
}  // namespace dotmoe
