// A seeded shuffle that is the same with every standard library.
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace dotmoe {

/// Fisher-Yates on the raw output of the engine: std::shuffle's own draws are left to the implementation.
template <typename T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

}  // namespace dotmoe
