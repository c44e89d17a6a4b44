// The windows of text that a model is judged on.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "align/recipe.h"
#include "model/load.h"
#include "pipeline/converted_model.h"

namespace dotmoe {

struct EvaluationText {
    at::Tensor windows;                ///< [W, window] int64, on the model's device
    std::vector<std::int64_t> source;  ///< of each window: index into `sources`
    std::vector<std::string> sources;
};

/// With the recipe's seed, and its window where the request has none. Throws as load_corpus does.
EvaluationText load_evaluation_text(const TextRequest& request, const Recipe& recipe, const Model& model);

/// The same with request.limit windows of each source (0: all of the text).
EvaluationText load_text_of_each_source(const TextRequest& request, const Recipe& recipe, const Model& model);

}  // namespace dotmoe
