#include "text/bpe_merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace dotmoe {
namespace {

using Ids = std::vector<std::int32_t>;

/// The definition: as long as some neighbours merge, merge those of lowest rank, leftmost first.
Ids by_definition(const std::vector<Merge>& merges, Ids tokens) {
    while (true) {
        const Merge* best = nullptr;
        std::size_t at = 0;
        for (const auto& merge : merges)
            for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
                if (tokens[i] == merge.left && tokens[i + 1] == merge.right &&
                    (!best || merge.rank < best->rank)) {
                    best = &merge;
                    at = i;
                }
        if (!best) return tokens;
        tokens[at] = best->merged;
        tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
}

/// Random merges over a small alphabet, each pair once; results may be operands of later and of earlier
/// merges.
std::vector<Merge> random_merges(std::mt19937& random) {
    std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> pairs;
    const auto tokens = static_cast<std::int32_t>(4 + random() % 12);
    for (int i = 0; i < 20; ++i)
        pairs.try_emplace({random() % tokens, random() % tokens},
                          static_cast<std::int32_t>(random() % tokens));
    std::vector<std::uint32_t> ranks(pairs.size());
    std::iota(ranks.begin(), ranks.end(), 0U);
    std::shuffle(ranks.begin(), ranks.end(), random);
    std::vector<Merge> merges;
    merges.reserve(pairs.size());
    for (const auto& [pair, merged] : pairs)
        merges.push_back({pair.first, pair.second, merged, ranks[merges.size()]});
    return merges;
}

TEST(BpeMerge, ShortAndLongWordsFollowTheDefinition) {
    std::mt19937 random(5);
    for (int round = 0; round < 400; ++round) {
        const auto merges = random_merges(random);
        const MergeTable table(merges);
        Ids tokens(random() % 120);  // both sides of the length at which the algorithm changes
        for (auto& token : tokens) token = static_cast<std::int32_t>(random() % 4);
        const auto expected = by_definition(merges, tokens);
        apply_merges(table, tokens);
        ASSERT_EQ(tokens, expected) << "round " << round;
    }
}

TEST(BpeMerge, TheTableFindsExactlyWhatWasPutIn) {
    std::mt19937 random(6);
    std::map<std::pair<std::int32_t, std::int32_t>, Merge> reference;
    std::vector<Merge> merges;
    for (std::uint32_t rank = 0; rank < 5000; ++rank) {
        const Merge merge{static_cast<std::int32_t>(random() % 90), static_cast<std::int32_t>(random() % 90),
                          static_cast<std::int32_t>(rank), rank};
        merges.push_back(merge);
        reference.insert_or_assign({merge.left, merge.right},
                                   merge);  // of two merges of one pair the later counts
    }
    const MergeTable table(merges);
    for (std::int32_t left = 0; left < 100; ++left)
        for (std::int32_t right = 0; right < 100; ++right) {
            const auto* found = table.find(left, right);
            const auto expected = reference.find({left, right});
            ASSERT_EQ(found != nullptr, expected != reference.end());
            if (!found) continue;
            ASSERT_EQ(found->rank, expected->second.rank);
        }
}

TEST(BpeMerge, AnEmptyTableMergesNothing) {
    Ids tokens(100, 1);
    apply_merges(MergeTable({}), tokens);
    EXPECT_EQ(tokens, Ids(100, 1));
}

}  // namespace
}  // namespace dotmoe
