// Independent random streams from one seed, addressed by purpose and index: no generator state has to be
// saved for a resumed run to draw what an uninterrupted one would have drawn.
#pragma once

#include <cstdint>

namespace dotmoe {

enum class SeedPurpose : std::uint64_t {
    split = 1,
    affinity = 2,
    router = 3,
    refine = 4,
    batch = 5,
    noise = 6,
    recovery = 7,
    metric = 8
};

/// SplitMix64 (Steele, Lea and Flood 2014) over the three numbers.
constexpr std::uint64_t derive_seed(std::uint64_t seed, SeedPurpose purpose, std::uint64_t index) {
    const auto mix = [](std::uint64_t z) {
        z += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    };
    return mix(mix(mix(seed) ^ static_cast<std::uint64_t>(purpose)) ^ index);
}

}  // namespace dotmoe
