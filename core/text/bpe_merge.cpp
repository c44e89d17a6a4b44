#include "text/bpe_merge.h"

#include <bit>
#include <limits>
#include <queue>

namespace dotmoe {
namespace {

constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t short_word = 32;

void merge_short(const MergeTable& table, std::vector<std::int32_t>& tokens) {
    while (tokens.size() > 1) {
        const Merge* best = nullptr;
        std::size_t at = 0;
        for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
            const auto* merge = table.find(tokens[i], tokens[i + 1]);
            if (merge && (!best || merge->rank < best->rank)) {
                best = merge;
                at = i;
            }
        }
        if (!best) return;
        tokens[at] = best->merged;
        tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
}

/// A doubly linked list over the tokens, and a queue of the merges that were possible when they were pushed:
/// one that no longer fits its place is skipped.
class LongWord {
  public:
    LongWord(const MergeTable& table, std::vector<std::int32_t>& tokens) : table_(table), tokens_(tokens) {
        const auto size = static_cast<int>(tokens.size());
        for (int i = 0; i < size; ++i) links_.push_back({i - 1, i + 1 < size ? i + 1 : -1});
        for (int i = 0; i + 1 < size; ++i) push(i);
    }

    void merge() {
        while (!queue_.empty()) {
            const auto [merge, at] = queue_.top();
            queue_.pop();
            if (fits(*merge, at)) apply(*merge, at);
        }
        std::size_t kept = 0;
        for (int i = 0; i >= 0; i = links_[i].next) tokens_[kept++] = tokens_[i];
        tokens_.resize(kept);
    }

  private:
    struct Link {
        int previous, next;
    };
    struct Candidate {
        const Merge* merge;
        int at;
        bool operator<(const Candidate& other) const {  // std::priority_queue gives the greatest
            return merge->rank != other.merge->rank ? merge->rank > other.merge->rank : at > other.at;
        }
    };
    static constexpr std::int32_t gone = -1;

    void push(int at) {
        const int next = links_[at].next;
        if (next < 0) return;
        if (const auto* merge = table_.find(tokens_[at], tokens_[next])) queue_.push({merge, at});
    }

    bool fits(const Merge& merge, int at) const {
        const int next = links_[at].next;
        return next >= 0 && tokens_[at] == merge.left && tokens_[next] == merge.right;
    }

    void apply(const Merge& merge, int at) {
        const int right = links_[at].next, after = links_[right].next;
        tokens_[at] = merge.merged;
        tokens_[right] = gone;
        links_[at].next = after;
        if (after >= 0) links_[after].previous = at;
        push(at);
        if (links_[at].previous >= 0) push(links_[at].previous);
    }

    const MergeTable& table_;
    std::vector<std::int32_t>& tokens_;
    std::vector<Link> links_;
    std::priority_queue<Candidate> queue_;
};

}  // namespace

MergeTable::MergeTable(std::span<const Merge> merges) {
    const auto size = std::bit_ceil(2 * merges.size() + 2);
    slots_.assign(size, Merge{0, 0, 0, empty});
    shift_ = 64 - std::countr_zero(size);
    for (const auto& merge : merges) slots_[slot_of(merge.left, merge.right)] = merge;
}

std::size_t MergeTable::slot_of(std::int32_t left, std::int32_t right) const {
    const auto pair =
        std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
    auto slot = static_cast<std::size_t>(pair * 0x9e3779b97f4a7c15u >> shift_);  // Fibonacci hashing
    while (slots_[slot].rank != empty && (slots_[slot].left != left || slots_[slot].right != right))
        slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

const Merge* MergeTable::find(std::int32_t left, std::int32_t right) const {
    const auto& slot = slots_[slot_of(left, right)];
    return slot.rank == empty ? nullptr : &slot;
}

void apply_merges(const MergeTable& table, std::vector<std::int32_t>& tokens) {
    if (tokens.size() <= short_word)
        merge_short(table, tokens);
    else
        LongWord(table, tokens).merge();
}

}  // namespace dotmoe
