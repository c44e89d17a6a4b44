#include "pipeline/evaluation_text.h"

#include <algorithm>

#include "text/corpus.h"
#include "text/sources.h"

namespace dotmoe {

EvaluationText load_evaluation_text(const TextRequest& request, const Recipe& recipe, const Model& model) {
    CorpusOptions options;
    options.window = request.window > 0 ? request.window : recipe.text.window;
    options.stride = request.stride;
    options.held_out_windows = std::max<std::int64_t>(request.limit, 1);
    options.seed = recipe.seed;
    auto corpus = load_corpus(request.text, *model.tokenizer, options);
    if (request.limit == 0) {
        corpus.held_out.insert(corpus.held_out.end(), corpus.train.begin(), corpus.train.end());
        corpus.held_out_source.insert(corpus.held_out_source.end(), corpus.train_source.begin(),
                                      corpus.train_source.end());
    }
    return {at::tensor(corpus.held_out, at::kLong).view({-1, corpus.window}).to(model.compute.device),
            std::move(corpus.held_out_source), std::move(corpus.sources)};
}

EvaluationText load_text_of_each_source(const TextRequest& request, const Recipe& recipe,
                                        const Model& model) {
    auto all = request;
    all.limit *= std::ssize(find_sources(request.text));
    return load_evaluation_text(all, recipe, model);
}

}  // namespace dotmoe
