// Byte-pair merges on token ids.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dotmoe {

/// What a pair of neighbouring tokens becomes; the lowest rank merges first, the leftmost of equal ranks.
struct Merge {
    std::int32_t left, right, merged;
    std::uint32_t rank;
};

/// An open-addressing hash map from (left, right) to its merge, built once.
class MergeTable {
  public:
    /// Of two merges of one pair the later counts.
    explicit MergeTable(std::span<const Merge> merges);

    /// nullptr when the pair does not merge.
    const Merge* find(std::int32_t left, std::int32_t right) const;

  private:
    std::size_t slot_of(std::int32_t left, std::int32_t right) const;

    std::vector<Merge> slots_;  // a power of two, at most half full; rank `empty` where free
    int shift_ = 0;
};

/// Merges the tokens of one word in place until no neighbours merge. O(n^2) steps on short words, where that
/// is the faster way, and O(n log n) on long ones.
void apply_merges(const MergeTable& table, std::vector<std::int32_t>& tokens);

}  // namespace dotmoe
