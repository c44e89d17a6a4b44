// Multiple-choice questions as lm-evaluation-harness answers them: the choice whose text is likeliest after
// its context. https://github.com/EleutherAI/lm-evaluation-harness (lm_eval/api/model.py,
// lm_eval/api/task.py).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "evaluate/figures.h"
#include "evaluate/question_file.h"
#include "model/transformer.h"
#include "text/tokenizer.h"

namespace dotmoe {

struct ChoiceTokens {
    std::vector<TokenId> context;       ///< one or more
    std::vector<TokenId> continuation;  ///< one or more
};

/// Both are tokenised together, and the continuation has what comes after the context's own tokens; blanks at
/// the context's end belong to the continuation, because the tokens of words begin with them. BOS is put
/// first where the model's file asks for it; it (or else EOS) stands for an empty context. A context that is
/// too long for a model of `longest` tokens loses its beginning. Throws Error naming `where` when no token is
/// left for one of them.
ChoiceTokens tokenise(const Choice& choice, const Tokenizer& tokenizer, std::int64_t longest,
                      const std::string& where);

/// log p(continuation | context) of each choice, nats. What the choices begin with in common is computed
/// once.
std::vector<double> log_likelihoods(const Transformer& transformer, const FeedForward& ffn,
                                    const std::vector<ChoiceTokens>& choices);

/// Called after each question, on the calling thread, with the questions done so far.
using QuestionCallback = std::function<void(std::int64_t)>;

/// The log-likelihoods of each question's choices.
std::vector<std::vector<double>> score_questions(const Transformer& transformer, const FeedForward& ffn,
                                                 const Tokenizer& tokenizer,
                                                 const std::vector<Question>& questions,
                                                 const QuestionCallback& on_question = {});

/// `scores` as score_questions gives them. Of choices that are equally likely the first counts. Standard
/// error of a share p of n: sqrt(p (1 - p) / (n - 1)).
Answers judge_answers(const std::vector<Question>& questions, const std::vector<std::vector<double>>& scores);

}  // namespace dotmoe
