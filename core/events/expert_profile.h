// What the experts of a conversion do with held-out text: plain numbers, as snapshots are. Shape letters as
// in METHOD.md; the figures are those of its section 8.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace dotmoe {

/// A token that goes to an expert, with what stands around it in its window.
struct TokenInContext {
    std::string before, token, after;  ///< bytes that are no UTF-8 as U+FFFD
    int domain = 0;
    float probability = 0;  ///< softmax over all E of the router's logits
};

/// The experts of one layer. NaN, wherever a figure may be it: an expert without a token has none.
struct ExpertProfile {
    int layer = 0, layers = 0;
    int experts = 0;  ///< E; 0: the layer is still dense, and nothing else is set
    int active = 0;
    std::vector<std::string> domains;         ///< names of the sources of the text
    std::vector<std::int64_t> domain_tokens;  ///< [domains] tokens read
    std::vector<std::int64_t> tokens;         ///< [E] that go to each expert
    std::vector<float> load;                  ///< [E] the same over an even share: mean 1
    /// [domains, E] tokens of the domain among the expert's over those that the domain's size would predict;
    /// may be NaN.
    std::vector<float> affinity;
    std::vector<float> domain_entropy;  ///< [E] of the domains of the expert's tokens, bits; may be NaN
    double domains_entropy = 0;         ///< of the domains of all tokens, bits
    double load_entropy = 0;            ///< of the expert of a choice, bits; log2 E when all are used alike
    double router_entropy = 0;          ///< of a token's softmax over the experts, bits, mean over the tokens
    /// [E, E] of the choices of two experts, -1 to 1: 0 as often together as by chance. NaN where one of them
    /// is never or always chosen; empty for more experts than a picture of pairs could show.
    std::vector<float> correlation;
    /// [E] tokens that the expert is chosen for, of largest probability, best first.
    std::vector<std::vector<TokenInContext>> top;
};

/// Place of the largest of `count` values that are no NaN, `left_out` aside; none where there is no other.
template <typename Value>
std::optional<int> place_of_largest(int count, int left_out, Value value) {
    std::optional<int> best;
    for (int i = 0; i < count; ++i)
        if (i != left_out && !std::isnan(value(i)) && (!best || value(i) > value(*best))) best = i;
    return best;
}

/// Of a [rows, E] member.
inline std::size_t cell_of(const ExpertProfile& profile, int row, int expert) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(profile.experts) +
           static_cast<std::size_t>(expert);
}

/// The domain of an expert's largest affinity; none for an expert without a token.
inline std::optional<int> favourite_domain(const ExpertProfile& profile, int expert) {
    return place_of_largest(static_cast<int>(std::ssize(profile.domains)), -1,
                            [&](int domain) { return profile.affinity[cell_of(profile, domain, expert)]; });
}

/// Share of the expert's tokens that are of the domain, p(d | e) = affinity p(d); NaN without a token.
inline double domain_share(const ExpertProfile& profile, int domain, int expert) {
    const auto& sizes = profile.domain_tokens;
    return static_cast<double>(profile.affinity[cell_of(profile, domain, expert)]) *
           static_cast<double>(sizes[static_cast<std::size_t>(domain)]) /
           static_cast<double>(std::reduce(sizes.begin(), sizes.end()));
}

/// The other expert whose choices correlate most; none where no correlation is known.
inline std::optional<int> most_alike(const ExpertProfile& profile, int expert) {
    return place_of_largest(profile.correlation.empty() ? 0 : profile.experts, expert,
                            [&](int other) { return profile.correlation[cell_of(profile, expert, other)]; });
}

}  // namespace dotmoe
