// Several floats at a time through the compiler's vector types, and the widest instructions of the machine
// that runs them.
#pragma once

#include <cstdint>

// DOTMOE_WIDEST on a function compiles it for AVX2 too and picks when the program starts, DOTMOE_WIDEST_512
// for AVX-512 as well; what it calls must be DOTMOE_INLINE to be compiled with it. The sanitizers know no
// such functions.
#define DOTMOE_INLINE [[gnu::always_inline]] inline
#define DOTMOE_LAMBDA_INLINE __attribute__((always_inline))
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DOTMOE_CLONES
#define DOTMOE_WIDEST [[gnu::target_clones("arch=x86-64-v3", "default")]]
#define DOTMOE_WIDEST_512 [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define DOTMOE_WIDEST
#define DOTMOE_WIDEST_512
#endif

namespace dotmoe::simd {

inline constexpr std::int64_t kLanes = 8;

// may_alias: rows of floats are read through it.
using Pack [[gnu::vector_size(kLanes * sizeof(float)), gnu::may_alias]] = float;
/// Twice as many, at any address; `auto` and template arguments forget that, so rows are read by load16.
using Pack16 [[gnu::vector_size(16 * sizeof(float)), gnu::may_alias, gnu::aligned(sizeof(float))]] = float;

DOTMOE_INLINE Pack16 load16(const float* values) {
    return *reinterpret_cast<const Pack16*>(values);
}

DOTMOE_INLINE void store16(float* place, Pack16 values) {
    *reinterpret_cast<Pack16*>(place) = values;
}

/// Whether DOTMOE_WIDEST_512 picks AVX-512 here.
inline bool has_avx512() {
#ifdef DOTMOE_CLONES
    return __builtin_cpu_supports("x86-64-v4") != 0;
#else
    return false;
#endif
}

constexpr std::int64_t packs(std::int64_t values) {
    return (values + kLanes - 1) / kLanes;
}

/// e^x for x <= 0, to an ulp or two (Cephes' expf): x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial for
/// e^r, n put into the exponent. Below e^-87, where floats end, it stays there.
template <typename Floats>
DOTMOE_INLINE Floats exp_nonpositive(Floats x) {
    using Bits = decltype(x < x);
    constexpr float least = -87, to_integer = 12582912;  // 1.5 * 2^23: adding it rounds
    constexpr float log2_e = 1.44269504F, ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;
    x = x > least ? x : Floats{} + least;
    const Floats n = (x * log2_e + to_integer) - to_integer;
    const Floats r = (x - n * ln2_high) - n * ln2_low;
    Floats p = r * 1.9875691500e-4F + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    const Bits exponent = (__builtin_convertvector(n, Bits) + 127) << 23;
    return (p * r * r + r + 1) * __builtin_bit_cast(Floats, exponent);
}

}  // namespace dotmoe::simd
