#include "evaluate/multiple_choice.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "text/prompt.h"

namespace dotmoe {
namespace {

constexpr std::int64_t positions_a_chunk = 256;  // logits that exist at once

/// What the model reads: the last token of a continuation is only predicted.
std::vector<TokenId> input_of(const ChoiceTokens& choice) {
    auto tokens = choice.context;
    tokens.insert(tokens.end(), choice.continuation.begin(), choice.continuation.end() - 1);
    return tokens;
}

/// Tokens that all inputs begin with, short of the position that predicts the first continuation to begin.
std::int64_t shared_tokens(const std::vector<ChoiceTokens>& choices,
                           const std::vector<std::vector<TokenId>>& inputs) {
    auto shared = std::ssize(choices[0].context);
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const auto differ = std::ranges::mismatch(inputs[0], inputs[i]).in1;
        shared = std::min({shared, differ - inputs[0].begin(), std::ssize(choices[i].context) - 1});
    }
    return shared;
}

/// The inputs from `first` on, [choices, longest rest], filled up at the end: no earlier token sees that.
at::Tensor padded(const std::vector<std::vector<TokenId>>& inputs, std::int64_t first) {
    const auto longest =
        std::ranges::max_element(inputs, {}, [](const auto& input) { return input.size(); })->size();
    std::vector<std::int64_t> ids;
    for (const auto& input : inputs) {
        ids.insert(ids.end(), input.begin() + first, input.end());
        ids.resize(ids.size() + longest - input.size(), 0);
    }
    return at::tensor(ids, at::kLong).view({std::ssize(inputs), -1});
}

/// sum_t log softmax(z_t)[token_t]; states [n, D] predict the n tokens.
double log_likelihood(const Transformer& transformer, const at::Tensor& states,
                      const std::vector<TokenId>& tokens) {
    const auto targets = at::tensor(at::ArrayRef<TokenId>(tokens), at::kLong).to(states.device());
    double sum = 0;
    for (std::int64_t first = 0; first < targets.size(0); first += positions_a_chunk) {
        const auto count = std::min(positions_a_chunk, targets.size(0) - first);
        const auto log_p = transformer.logits(states.narrow(0, first, count)).log_softmax(-1);  // [n, V]
        sum += log_p.gather(1, targets.narrow(0, first, count).unsqueeze(1)).sum(at::kDouble).item<double>();
    }
    return sum;
}

std::size_t largest(const std::vector<double>& scores) {
    return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

double standard_error(double share, std::size_t count) {
    return count > 1 ? std::sqrt(share * (1 - share) / static_cast<double>(count - 1)) : 0;
}

}  // namespace

ChoiceTokens tokenise(const Choice& choice, const Tokenizer& tokenizer, std::int64_t longest,
                      const std::string& where) {
    const auto whole = encode_prompt(tokenizer, choice.context + choice.continuation).ids;
    const auto words = choice.context.find_last_not_of(" \t\n\r\f\v") + 1;  // 0: nothing but blanks
    auto context = encode_prompt(tokenizer, choice.context.substr(0, words)).ids;
    const auto known = std::min(std::ssize(context), std::ssize(whole));
    std::vector<TokenId> continuation(whole.begin() + known, whole.end());
    if (continuation.empty()) fail("{}: the continuation adds no token to its context", where);
    const auto& vocabulary = tokenizer.vocabulary();
    if (context.empty())
        if (const auto start = vocabulary.bos ? vocabulary.bos : vocabulary.eos) context.push_back(*start);
    if (context.empty())
        fail("{}: the context is empty, and the model has no token that begins a text", where);
    const auto room = longest + 1 - std::ssize(continuation);  // the last token is only predicted
    if (room < 1)
        fail("{}: the continuation has {} tokens, more than the model's context of {}", where,
             continuation.size(), longest);
    if (const auto spare = std::ssize(context) - room; spare > 0)
        context.erase(context.begin(), context.begin() + spare);
    return {std::move(context), std::move(continuation)};
}

std::vector<double> log_likelihoods(const Transformer& transformer, const FeedForward& ffn,
                                    const std::vector<ChoiceTokens>& choices) {
    const at::NoGradGuard no_grad;
    std::vector<std::vector<TokenId>> inputs;
    std::ranges::transform(choices, std::back_inserter(inputs), input_of);

    const auto device = transformer.weights().embedding.device();
    const auto shared = shared_tokens(choices, inputs);
    KvCache cache;
    if (shared > 0) {
        const at::ArrayRef<TokenId> beginning(inputs[0].data(), static_cast<std::size_t>(shared));
        transformer.hidden(at::tensor(beginning, at::kLong).unsqueeze(0).to(device), ffn, &cache);
    }
    auto caches = cache.repeated(std::ssize(choices));
    const auto states =
        transformer.hidden(padded(inputs, shared).to(device), ffn, &caches);  // [choices, T, D]

    std::vector<double> sums;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const auto first =
            std::ssize(choices[i].context) - 1 - shared;  // predicts the continuation's first token
        const auto& continuation = choices[i].continuation;
        sums.push_back(log_likelihood(
            transformer, states[static_cast<std::int64_t>(i)].narrow(0, first, std::ssize(continuation)),
            continuation));
    }
    return sums;
}

std::vector<std::vector<double>> score_questions(const Transformer& transformer, const FeedForward& ffn,
                                                 const Tokenizer& tokenizer,
                                                 const std::vector<Question>& questions,
                                                 const QuestionCallback& on_question) {
    std::vector<std::vector<double>> scores;
    for (const auto& question : questions) {
        std::vector<ChoiceTokens> choices;
        for (const auto& choice : question.choices)
            choices.push_back(tokenise(choice, tokenizer, transformer.config().context, question.where));
        scores.push_back(log_likelihoods(transformer, ffn, choices));
        if (on_question) on_question(std::ssize(scores));
    }
    return scores;
}

Answers judge_answers(const std::vector<Question>& questions,
                      const std::vector<std::vector<double>>& scores) {
    double right = 0, right_by_byte = 0;
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const auto& [where, choices, answer] = questions[q];
        auto by_byte = scores[q];
        for (std::size_t i = 0; i < choices.size(); ++i)
            by_byte[i] /= static_cast<double>(choices[i].continuation.size());
        right += largest(scores[q]) == answer ? 1 : 0;
        right_by_byte += largest(by_byte) == answer ? 1 : 0;
    }
    const auto count = static_cast<double>(questions.size());
    const double accuracy = right / count, normalised = right_by_byte / count;
    return {accuracy, standard_error(accuracy, questions.size()), normalised,
            standard_error(normalised, questions.size())};
}

}  // namespace dotmoe
