// One block of each type by hand; bit for bit against the gguf package in tests/interop/test_gguf.py.
#include "formats/dequantize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "formats/half.h"
#include "support/message_of.h"

namespace dotmoe::gguf {
namespace {

constexpr std::uint8_t one[2] = {0x00, 0x3c}, half[2] = {0x00, 0x38}, two[2] = {0x00, 0x40};  // fp16

/// A block: the given bytes, then zeros.
std::vector<float> values_of(TensorType type, std::int64_t elements, std::vector<std::uint8_t> bytes) {
    bytes.resize(static_cast<std::size_t>(byte_size(type, elements)));
    std::vector<float> values(static_cast<std::size_t>(elements), NAN);
    dequantize(type, std::as_bytes(std::span(bytes)), values);
    return values;
}

TEST(Dequantize, Q8_0) {
    const auto values = values_of(TensorType::Q8_0, 32, {half[0], half[1], 0x7f, 0x80, 0x02});
    EXPECT_EQ(values[0], 63.5F);
    EXPECT_EQ(values[1], -64.0F);
    EXPECT_EQ(values[2], 1.0F);
    EXPECT_EQ(values[31], 0.0F);
}

TEST(Dequantize, Q4_0AndQ4_1) {
    const auto symmetric = values_of(TensorType::Q4_0, 32, {two[0], two[1], 0xf1});
    EXPECT_EQ(symmetric[0], 2.0F * (1 - 8));
    EXPECT_EQ(symmetric[16], 2.0F * (15 - 8));
    EXPECT_EQ(symmetric[1], -16.0F);
    const auto affine = values_of(TensorType::Q4_1, 32, {two[0], two[1], half[0], half[1], 0xf1});
    EXPECT_EQ(affine[0], 2.5F);
    EXPECT_EQ(affine[16], 30.5F);
    EXPECT_EQ(affine[1], 0.5F);
}

TEST(Dequantize, Q5_0AndQ5_1) {  // the fifth bits of values 0 and 17 are set
    const auto symmetric =
        values_of(TensorType::Q5_0, 32, {one[0], one[1], 0x01, 0x00, 0x02, 0x00, 0x03, 0x40});
    EXPECT_EQ(symmetric[0], 19.0F - 16);
    EXPECT_EQ(symmetric[17], 20.0F - 16);
    EXPECT_EQ(symmetric[1], -16.0F);
    const auto affine = values_of(TensorType::Q5_1, 32,
                                  {one[0], one[1], half[0], half[1], 0x01, 0x00, 0x02, 0x00, 0x03, 0x40});
    EXPECT_EQ(affine[0], 19.5F);
    EXPECT_EQ(affine[17], 20.5F);
    EXPECT_EQ(affine[1], 0.5F);
}

TEST(Dequantize, Q4_KAndQ5_K) {
    std::vector<std::uint8_t> block{one[0], one[1], half[0], half[1]};
    block.resize(16);
    block[4] = 0x40 | 3;  // scale 0 is 3; the top bits belong to scale 4
    block[8] = 0x80 | 2;  // minimum 0 is 2; the top bits belong to minimum 4
    block[12] = 0x21;     // scale 4 = 1 + 16, minimum 4 = 2 + 32
    block.push_back(0xa5);
    const auto four_bits = values_of(TensorType::Q4_K, 256, block);
    EXPECT_EQ(four_bits[0], 3.0F * 5 - 0.5F * 2);
    EXPECT_EQ(four_bits[32], 0.0F);                    // sub-block 1: scale and minimum 0
    EXPECT_EQ(four_bits[128], 17.0F * 0 - 0.5F * 34);  // sub-block 4
    block.back() = 0x10;                               // now fifth bits: value 0 of sub-block 4
    block.resize(48 + 64);
    block.push_back(0x07);
    block[48 + 64] = 0x07;
    const auto five_bits = values_of(TensorType::Q5_K, 256, block);
    EXPECT_EQ(five_bits[0], -1.0F);
    EXPECT_EQ(five_bits[128], 17.0F * (7 + 16) - 17.0F);
}

TEST(Dequantize, Q6_K) {
    std::vector<std::uint8_t> block(210);
    block[0] = 0x5f;     // low bits: value 0 has 15, value 64 has 5
    block[128] = 0x02;   // upper bits of value 0: 2
    block[192] = 0xfe;   // scale of sub-block 0: -2
    block[192 + 4] = 3;  // of sub-block 4 (values 64 to 79)
    block[208] = half[0];
    block[209] = half[1];
    const auto values = values_of(TensorType::Q6_K, 256, block);
    EXPECT_EQ(values[0], 0.5F * -2 * (15 + 32 - 32));
    EXPECT_EQ(values[1], 0.5F * -2 * -32);
    EXPECT_EQ(values[64], 0.5F * 3 * (5 - 32));
}

TEST(Dequantize, SixteenBitFloats) {
    EXPECT_EQ(values_of(TensorType::F16, 2, {half[0], half[1], 0x01, 0x80}),
              (std::vector<float>{0.5F, -0x1p-24F}));
    EXPECT_EQ(values_of(TensorType::BF16, 2, {0x80, 0x3f, 0x20, 0xc1}), (std::vector<float>{1.0F, -10.0F}));
}

TEST(Half, Limits) {
    EXPECT_EQ(fp16_to_float(0x7bff), 65504.0F);
    EXPECT_EQ(fp16_to_float(0x0400), 0x1p-14F);
    EXPECT_EQ(fp16_to_float(0x03ff), 0x1p-14F - 0x1p-24F);
    EXPECT_EQ(fp16_to_float(0xfc00), -INFINITY);
    EXPECT_TRUE(std::isnan(fp16_to_float(0x7e00)));
    EXPECT_TRUE(std::signbit(fp16_to_float(0x8000)));
}

TEST(Dequantize, SizesThatDoNotBelongTogether) {
    std::vector<float> values(32);
    const std::vector<std::byte> bytes(17);
    EXPECT_EQ(message_of([&] { dequantize(TensorType::Q4_0, bytes, values); }),
              "32 values of Q4_0 take 18 bytes, but 17 are there");
    EXPECT_EQ(message_of([&] { dequantize(TensorType::Q4_0, bytes, std::span(values).first(31)); }),
              "31 values do not fill whole blocks of Q4_0");
    EXPECT_EQ(message_of([&] { dequantize(static_cast<TensorType>(10), bytes, values); }),
              "tensors of type Q2_K cannot be read");
    dequantize(TensorType::Q4_0, {}, {});
}

}  // namespace
}  // namespace dotmoe::gguf
