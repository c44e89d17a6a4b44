#include "export/model_card.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "toy_conversion.h"

namespace dotmoe {
namespace {

using test::ToyConversion;

std::string text_of(const ToyConversion& toy) {
    const auto project = load_project(toy.project_path);
    const auto plan = plan_export(*toy.model, toy.experts, {});
    return model_card_text(read_model_card(toy.model_path, toy.project_path), project, *toy.model, plan);
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(ModelCard, TellsHowTheModelWasMade) {
    const ToyConversion toy(test::with_shared);
    const auto text = text_of(toy);
    EXPECT_TRUE(holds(text, "# Toy as a mixture of experts"));
    EXPECT_TRUE(holds(text, "| 5 of 8 neurons |"));
    EXPECT_TRUE(holds(text, "| 50.0 % |"));  // (8 + 2 x 8) of 48
    EXPECT_TRUE(holds(text, load_project(toy.project_path).source_sha256));
    EXPECT_TRUE(holds(text, "by balanced optimal transport and routers"));
    EXPECT_FALSE(holds(text, "Held-out quality"));
}

TEST(ModelCard, SaysByWhatMethodTheNeuronsWereDealt) {
    const ToyConversion toy(test::with_shared);
    auto project = load_project(toy.project_path);
    project.recipe.method = Method::weights;
    const auto plan = plan_export(*toy.model, toy.experts, {});
    const auto text =
        model_card_text(read_model_card(toy.model_path, toy.project_path), project, *toy.model, plan);
    EXPECT_TRUE(holds(text, "dealt to experts by balanced clusters of their gate weights"));
    EXPECT_FALSE(holds(text, "optimal transport"));
}

TEST(ModelCard, ShowsTheMetricsWhereThereAreSome) {
    const ToyConversion toy(test::with_shared);
    Metrics metrics;
    metrics.dense = Quality{17.25, 0.5, 0, 1};
    metrics.converted = Quality{40, 1, 1.2, 0.5};
    metrics.active_parameters = 7e7;
    metrics.speed = RuntimeSpeed{{400, 60}, {600, 90}, 2};
    write_file_atomically(toy.project_path / "metrics.json", nlohmann::json(metrics).dump());
    const auto text = text_of(toy);
    EXPECT_TRUE(holds(text, "Held-out quality"));
    EXPECT_TRUE(holds(text, "17.25"));
    EXPECT_TRUE(holds(text, "generation 90 tokens/s, x1.50 of dense"));
    write_file_atomically(toy.project_path / "metrics.json", "{}");
    EXPECT_THROW(text_of(toy), Error);
}

}  // namespace
}  // namespace dotmoe
