#include "pipeline/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace dotmoe {
namespace {

Metrics run(double as_it_is, double trained) {
    Metrics metrics;
    metrics.dense = Quality{16, 0.5, 0, 1};
    metrics.layerwise = Quality{as_it_is, 3, 2.5, 0.25};
    metrics.converted = Quality{trained, 2, 1.5, 0.5};
    metrics.layers = {{.error = 0.3, .load_max = 2, .dead = 1, .greedy_gap = {}, .random_error = {}},
                      {.error = 0.3, .load_max = 5, .dead = 3, .greedy_gap = {}, .random_error = {}}};
    metrics.seconds = 100;
    return metrics;
}

TEST(SpreadOf, IsTheMeanAndItsStandardError) {
    const auto spread = spread_of({1, 2, 3, 6});
    EXPECT_DOUBLE_EQ(spread.mean, 3);
    EXPECT_DOUBLE_EQ(*spread.error, std::sqrt((4.0 + 1 + 0 + 9) / 3 / 4));
    EXPECT_FALSE(spread_of({7}).error);
    EXPECT_THROW(spread_of({}), Error);
}

// Transport first in the request, best without training, beaten with it.
Comparison beaten() {
    return compare_runs({0, 1}, {{Method::transport, {run(100, 90), run(104, 94)}},
                                 {Method::weights, {run(200, 80), run(204, 82)}}});
}

TEST(CompareRuns, PutsTheBestFirstWhoeverItIs) {
    const auto comparison = beaten();
    EXPECT_EQ(comparison.as_it_is[0].method, Method::transport);
    EXPECT_EQ(comparison.trained[0].method, Method::weights);
    EXPECT_DOUBLE_EQ(comparison.trained[0].perplexity.mean, 81);
    EXPECT_DOUBLE_EQ(*comparison.trained[0].perplexity.error, 1);
    EXPECT_EQ(comparison.trained[1].perplexities, (std::vector<double>{90, 94}));
    EXPECT_EQ(comparison.trained[0].dead, 4);
    EXPECT_EQ(comparison.trained[0].load_max, 5);
    EXPECT_EQ(comparison.trained[0].seconds, 100);
    EXPECT_FALSE(comparison.as_it_is[0].dead);
    EXPECT_EQ(comparison.dense, 16);
}

TEST(VerdictOf, SaysWhetherTheErrorBarsOverlapAndHowFarApartTheSeedsAre) {
    const auto clear = verdict_of(beaten().trained);
    EXPECT_FALSE(*clear->overlap);  // 81 ± 1 and 92 ± 2
    EXPECT_DOUBLE_EQ(clear->apart.mean, 11);
    EXPECT_DOUBLE_EQ(*clear->apart.error, 1);  // 10 and 12
    const auto close = verdict_of(compare_runs({0, 1}, {{Method::random, {run(1, 90), run(1, 94)}},
                                                        {Method::weights, {run(1, 91), run(1, 95)}}})
                                      .trained);
    EXPECT_EQ(close->best.method, Method::random);
    EXPECT_TRUE(*close->overlap);
    EXPECT_DOUBLE_EQ(*close->apart.error, 0);  // one and the same on each seed
    const auto single = verdict_of(
        compare_runs({3}, {{Method::random, {run(1, 90)}}, {Method::weights, {run(1, 50)}}}).trained);
    EXPECT_FALSE(single->overlap);
    EXPECT_FALSE(verdict_of({beaten().trained.front()}));
}

TEST(CompareRuns, LeavesOutAStageThatWasNotRunAndRefusesWhatIsMissing) {
    auto paper = run(0, 90);
    paper.layerwise = {};
    EXPECT_TRUE(compare_runs({0}, {{Method::transport, {paper}}}).as_it_is.empty());
    paper.converted = {};
    EXPECT_THROW(compare_runs({0}, {{Method::transport, {paper}}}), Error);
    EXPECT_THROW(compare_runs({0, 1}, {{Method::transport, {run(1, 2)}}}), Error);
}

TaskFigures answers(double dense, double converted) {
    return {.task = "words",
            .questions = 4,
            .chance = 0.25,
            .dense = {.accuracy = dense, .accuracy_stderr = 0.2},
            .converted = Answers{.accuracy = converted, .normalised = converted + 0.1}};
}

TEST(CompareRuns, AlignedStageIsThereWhereRecoveryFollowed) {
    auto recovered = run(100, 50);
    EXPECT_TRUE(compare_runs({0}, {{Method::transport, {recovered}}}).aligned.empty());
    recovered.aligned = Quality{80, 2, 1.7, 0.4};
    const auto comparison = compare_runs({0}, {{Method::transport, {recovered}}});
    EXPECT_EQ(comparison.aligned.at(0).perplexity.mean, 80);
    EXPECT_EQ(nlohmann::json(comparison).at("aligned")[0].at("kl").at("mean"), 1.7);
    EXPECT_NE(format_table(comparison).find("aligned"), std::string::npos);
    recovered.aligned = recovered.layerwise;  // no global steps
    EXPECT_TRUE(compare_runs({0}, {{Method::transport, {recovered}}}).aligned.empty());
}

TEST(CompareRuns, TasksAreSpreadOverSeedsBesideTheDenseModels) {
    const auto comparison = compare_runs(
        {0, 1}, {{Method::random, {run(1, 90), run(1, 94)}, {{answers(0.75, 0.25)}, {answers(0.75, 0.5)}}}});
    const auto& words = comparison.trained.at(0).tasks.at(0);
    EXPECT_DOUBLE_EQ(words.accuracy.mean, 0.375);
    EXPECT_DOUBLE_EQ(*words.accuracy.error, 0.125);
    EXPECT_DOUBLE_EQ(words.normalised.mean, 0.475);
    EXPECT_TRUE(comparison.as_it_is.at(0).tasks.empty());

    const nlohmann::json json = comparison;
    EXPECT_EQ(json.at("tasks")[0].at("dense").at("acc"), 0.75);
    EXPECT_FALSE(json.at("tasks")[0].contains("converted"));
    EXPECT_EQ(json.at("trained")[0].at("tasks")[0].at("acc").at("mean"), 0.375);
    for (const auto& text : {format_table(comparison), format_markdown(comparison)})
        for (const auto* part : {"words", "75.0 %", "37.5 ± 12.5 %", "25.0 % by chance", "4 questions"})
            EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

// The keys are an interface: scripts read them.
TEST(Comparison, JsonHasTheDocumentedKeys) {
    const nlohmann::json json = beaten();
    EXPECT_EQ(json.at("seeds"), nlohmann::json({0, 1}));
    EXPECT_EQ(json.at("trained")[0].at("method"), "weights");
    EXPECT_EQ(json.at("trained")[0].at("perplexity"),
              (nlohmann::json{{"mean", 81.0}, {"stderr", 1.0}, {"seeds", {80.0, 82.0}}}));
    EXPECT_EQ(json.at("as_it_is")[1].at("kl").at("mean"), 2.5);
    EXPECT_EQ(json.at("verdict").at("trained").at("best"), "weights");
    EXPECT_EQ(json.at("verdict").at("as_it_is").at("best"), "transport");
    EXPECT_EQ(json.at("verdict").at("trained").at("overlap"), false);
    for (const auto* key : {"dead", "load_max", "seconds"})
        EXPECT_TRUE(json.at("trained")[0].contains(key)) << key;
}

TEST(Comparison, TablesSayWhoWon) {
    for (const auto& text : {format_table(beaten()), format_markdown(beaten())}) {
        for (const auto* part :
             {"81.00 ± 1.00", "92.00 ± 2.00", "102.00 ± 2.00", "25.0 %",
              "trained: weights is best with 81.00 ± 1.00, then transport with 92.00 ± 2.00",
              "do not overlap", "11.00 ± 1.00 apart", "as it is: transport is best"})
            EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
        EXPECT_LT(text.find("81.00"), text.find("92.00"));
    }
    const auto single =
        format_table(compare_runs({3}, {{Method::random, {run(1, 90)}}, {Method::weights, {run(2, 50)}}}));
    EXPECT_NE(single.find("one seed, so no error bars"), std::string::npos);
}

}  // namespace
}  // namespace dotmoe
