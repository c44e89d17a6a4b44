// How quality falls as fewer parameters are active: conversions by several layouts, each judged at several k,
// and which of them no other beats. No torch in this header.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/convert.h"
#include "pipeline/sparsity_dial.h"

namespace dotmoe {

struct SweepRequest {
    /// Each conversion's, but for the recipe's layout; `out` is the folder that holds them all, each as
    /// out/E-k-S.
    ConvertRequest conversion;
    std::vector<Layout> layouts;
};

struct SweepPoint {
    Layout layout;       ///< that the conversion was made for
    DialPoint at;        ///< its figures with at.active experts a token
    bool front = false;  ///< no point has fewer active parameters and a perplexity as low
};

struct Sweep {
    double dense_parameters = 0, dense_perplexity = 0;
    std::vector<SweepPoint> points;  ///< by active parameters, fewest first
};

/// Converts what is not there yet (pipeline/conversion_folder.h), judges each conversion at half, one, one
/// and a half times and twice its k on its own held-out text, and keeps those figures beside it. Writes
/// out/sweep.json and out/sweep.md. Throws as compare() does.
Sweep sweep(const SweepRequest& request, const ConvertHooks& hooks);

/// The k's that a conversion is judged at: of {k/2, k, 3k/2, 2k} those in 1..E, ascending.
std::vector<std::int64_t> dial_of(const Layout& layout);

/// Orders the points by active parameters, then perplexity, and marks the Pareto front.
void mark_front(std::vector<SweepPoint>& points);

/// "E:k:S" or "E:k" without shared neurons, as format_layout() writes it. Throws UsageError.
Layout parse_layout(std::string_view text);
std::string format_layout(const Layout& layout);

void to_json(nlohmann::json& json, const Sweep& sweep);
std::string format_table(const Sweep& sweep);  ///< for a terminal; the front is marked
std::string format_markdown(const Sweep& sweep);

}  // namespace dotmoe
