#include "formats/dequantize.h"

#include <cstring>

#include "base/error.h"
#include "formats/gguf_types.h"
#include "formats/half.h"

// Every product and sum below is rounded where gguf/quants.py rounds it; a fused multiply-add would differ.
namespace dotmoe::gguf {
namespace {

using Bytes = const std::uint8_t*;
using Values = float* __restrict;

std::uint16_t bits_at(Bytes in) {
    return static_cast<std::uint16_t>(in[0] | in[1] << 8);
}
float scale_at(Bytes in) {
    return fp16_to_float(bits_at(in));
}

/// Quants of 4 bits with an optional fifth: byte i holds value i below and value i + 16 above; `fifth` has a
/// bit a value.
int quant_of(Bytes packed, std::uint32_t fifth, int i, int half) {
    return (packed[i] >> 4 * half & 0x0f) | static_cast<int>(fifth >> (i + 16 * half) & 1) << 4;
}

void q8_0(Bytes in, Values out) {
    const float d = scale_at(in);
    for (int i = 0; i < 32; ++i) out[i] = static_cast<float>(static_cast<std::int8_t>(in[2 + i])) * d;
}

/// w = d (q - offset)
void symmetric(Bytes packed, std::uint32_t fifth, int offset, float d, Values out) {
    for (int half = 0; half < 2; ++half)
        for (int i = 0; i < 16; ++i)
            out[16 * half + i] = d * static_cast<float>(quant_of(packed, fifth, i, half) - offset);
}

/// w = d q + m
void affine(Bytes packed, std::uint32_t fifth, float d, float m, Values out) {
    for (int half = 0; half < 2; ++half)
        for (int i = 0; i < 16; ++i)
            out[16 * half + i] = d * static_cast<float>(quant_of(packed, fifth, i, half)) + m;
}

std::uint32_t fifth_bits(Bytes in) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, in, sizeof(bits));
    return bits;
}

void q4_0(Bytes in, Values out) {
    symmetric(in + 2, 0, 8, scale_at(in), out);
}
void q4_1(Bytes in, Values out) {
    affine(in + 4, 0, scale_at(in), scale_at(in + 2), out);
}
void q5_0(Bytes in, Values out) {
    symmetric(in + 6, fifth_bits(in + 2), 16, scale_at(in), out);
}
void q5_1(Bytes in, Values out) {
    affine(in + 8, fifth_bits(in + 4), scale_at(in), scale_at(in + 2), out);
}

struct ScaleAndMin {
    float scale, min;
};

/// The j-th of 8 six-bit scales and minima in the 12 bytes of Q4_K and Q5_K: 0 to 3 lie whole in bytes 0-3
/// and 4-7; of 4 to 7 the low four bits lie in bytes 8-11, the upper two in the top of bytes 0-7.
ScaleAndMin scale_and_min(Bytes scales, std::ptrdiff_t j) {
    if (j < 4) return {static_cast<float>(scales[j] & 0x3f), static_cast<float>(scales[j + 4] & 0x3f)};
    const int scale = (scales[j + 4] & 0x0f) | (scales[j - 4] >> 2 & 0x30);
    const int min = scales[j + 4] >> 4 | (scales[j] >> 2 & 0x30);
    return {static_cast<float>(scale), static_cast<float>(min)};
}

/// w = (d scale) q - (dmin min) in 8 sub-blocks of 32; `fifth` is null for Q4_K, else bit j of byte i is the
/// fifth bit of value i in sub-block j.
void affine_k(Bytes in, Bytes fifth, Bytes packed, Values out) {
    const float d = scale_at(in), dmin = scale_at(in + 2);
    for (std::ptrdiff_t j = 0; j < 8; ++j) {
        const auto [scale, min] = scale_and_min(in + 4, j);
        const float dl = d * scale, ml = dmin * min;
        const Bytes pair = packed + j / 2 * 32;
        const auto shift = j % 2 * 4;
        float* sub = out + 32 * j;
        if (fifth == nullptr)
            for (int i = 0; i < 32; ++i) sub[i] = dl * static_cast<float>(pair[i] >> shift & 0x0f) - ml;
        else
            for (int i = 0; i < 32; ++i)
                sub[i] = dl * static_cast<float>((pair[i] >> shift & 0x0f) | (fifth[i] >> j & 1) << 4) - ml;
    }
}

void q4_k(Bytes in, Values out) {
    affine_k(in, nullptr, in + 16, out);
}
void q5_k(Bytes in, Values out) {
    affine_k(in, in + 16, in + 48, out);
}

/// w = (d scale) (q - 32) in 16 sub-blocks of 16: 128 bytes of low four bits, 64 of upper two, 16 signed
/// scales, d.
void q6_k(Bytes in, Values out) {
    const Bytes low = in, high = in + 128;
    const auto* scales = reinterpret_cast<const std::int8_t*>(in + 192);
    const float d = scale_at(in + 208);
    for (std::ptrdiff_t group = 0; group < 8; ++group) {  // 32 values each, four groups to a half block
        const auto half = group / 4, part = group % 4;
        const Bytes lows = low + 64 * half + 32 * (part % 2), highs = high + 32 * half;
        for (int i = 0; i < 32; ++i) {
            const auto scale = scales[2 * group + i / 16];
            const int q = (lows[i] >> 4 * (part / 2) & 0x0f) | (highs[i] >> 2 * part & 0x03) << 4;
            out[32 * group + i] = d * static_cast<float>(scale) * static_cast<float>(q - 32);
        }
    }
}

void f16(Bytes in, Values out) {
    *out = scale_at(in);
}
void bf16(Bytes in, Values out) {
    *out = bf16_to_float(bits_at(in));
}

template <void (*one_block)(Bytes, Values)>
void blocks(TensorType type, std::span<const std::byte> data, std::span<float> out) {
    const auto [elements, bytes] = block_of(type);
    auto in = reinterpret_cast<Bytes>(data.data());
    float* const end = out.data() + out.size();
    for (float* to = out.data(); to != end; to += elements, in += bytes) one_block(in, to);
}

}  // namespace

void dequantize(TensorType type, std::span<const std::byte> data, std::span<float> out) {
    if (!is_readable(type)) fail("tensors of type {} cannot be read", type_name(type));
    const auto needed = byte_size(type, static_cast<std::int64_t>(out.size()));
    if (static_cast<std::int64_t>(data.size()) != needed)
        fail("{} values of {} take {} bytes, but {} are there", out.size(), type_name(type), needed,
             data.size());
    switch (type) {
        case TensorType::F32:
            std::memcpy(out.data(), data.data(), data.size());
            return;
        case TensorType::F16:
            return blocks<f16>(type, data, out);
        case TensorType::BF16:
            return blocks<bf16>(type, data, out);
        case TensorType::Q4_0:
            return blocks<q4_0>(type, data, out);
        case TensorType::Q4_1:
            return blocks<q4_1>(type, data, out);
        case TensorType::Q5_0:
            return blocks<q5_0>(type, data, out);
        case TensorType::Q5_1:
            return blocks<q5_1>(type, data, out);
        case TensorType::Q8_0:
            return blocks<q8_0>(type, data, out);
        case TensorType::Q4_K:
            return blocks<q4_k>(type, data, out);
        case TensorType::Q5_K:
            return blocks<q5_k>(type, data, out);
        case TensorType::Q6_K:
            return blocks<q6_k>(type, data, out);
    }
}

}  // namespace dotmoe::gguf
