// Methods side by side: figures of several conversions each, and which is best. No torch in this header.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "align/recipe.h"
#include "pipeline/answer_tasks.h"
#include "pipeline/metrics.h"

namespace dotmoe {

/// A figure over seeds.
struct Spread {
    double mean = 0;
    std::optional<double> error;  ///< standard error of the mean, sd / sqrt(n); none of one value
};

/// Throws Error when there are none.
Spread spread_of(const std::vector<double>& values);

/// The conversions of one method, one a seed, in the order of the comparison's seeds.
struct MethodRuns {
    Method method = Method::transport;
    std::vector<Metrics> runs;
    std::vector<std::vector<TaskFigures>> tasks = {};  ///< of each run; empty where nothing was asked
};

/// Over seeds; the spread that comes of the choice of questions is not in it.
struct TaskSpread {
    Spread accuracy, normalised;
};

/// One method at one stage.
struct ComparisonRow {
    Method method = Method::transport;
    Spread perplexity, kl, top1;
    std::vector<double> perplexities;  ///< by seed
    /// Of the finished conversion alone: experts without a held-out token in all layers together, the
    /// heaviest expert of all layers over an even share, and what the conversion took; means over the seeds.
    std::optional<double> dead, load_max, seconds;
    std::vector<TaskSpread> tasks;  ///< of the finished conversion alone, in the order of Comparison::tasks
};

/// Who won a stage, by mean perplexity, and how surely.
struct Verdict {
    ComparisonRow best, next;
    std::optional<bool> overlap;  ///< of mean ± standard error; none with one seed
    Spread apart;                 ///< next's perplexity less best's, seed by seed: the same text for both
};

struct Comparison {
    std::vector<std::uint64_t> seeds;
    double dense = 0;                ///< perplexity of the dense model on the same held-out text
    std::vector<TaskFigures> tasks;  ///< with the dense model's answers alone
    /// Rows of the layer-wise phase alone, without training of the whole; of the global phase, where it had
    /// steps and recovery followed; and of the finished conversions. Best first.
    std::vector<ComparisonRow> as_it_is, aligned, trained;
};

/// Throws Error unless each method has a judged conversion for every seed.
Comparison compare_runs(const std::vector<std::uint64_t>& seeds, const std::vector<MethodRuns>& methods);

/// None of fewer than two rows. Rows come best first.
std::optional<Verdict> verdict_of(const std::vector<ComparisonRow>& rows);

/// JSON: seeds, dense, tasks (the dense model's), as_it_is, aligned and trained (rows), and a verdict of each
/// stage under "verdict".
void to_json(nlohmann::json& json, const Comparison& comparison);

/// The table people read, and a line a stage that says who won.
std::string format_table(const Comparison& comparison);
/// The same as Markdown.
std::string format_markdown(const Comparison& comparison);

}  // namespace dotmoe
