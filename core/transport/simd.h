// Eight floats at a time through the compiler's vector types, and the widest instructions of the machine that
// runs them.
#pragma once

#include <cstdint>

namespace dotmoe::simd {

inline constexpr std::int64_t kLanes = 8;

// may_alias: rows of floats are read through it.
using Pack [[gnu::vector_size(kLanes * sizeof(float)), gnu::may_alias]] = float;
using Bits [[gnu::vector_size(kLanes * sizeof(float)), gnu::may_alias]] = std::int32_t;

constexpr std::int64_t packs(std::int64_t values) {
    return (values + kLanes - 1) / kLanes;
}

}  // namespace dotmoe::simd

// DOTMOE_WIDEST on a function compiles it for AVX2 too and picks when the program starts; what it calls must
// be DOTMOE_INLINE to be compiled with it. The sanitizers know no such functions.
#define DOTMOE_INLINE [[gnu::always_inline]] inline
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DOTMOE_WIDEST [[gnu::target_clones("arch=x86-64-v3", "default")]]
#else
#define DOTMOE_WIDEST
#endif
