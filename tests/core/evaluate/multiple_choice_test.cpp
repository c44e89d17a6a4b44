#include "evaluate/multiple_choice.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/text/toy_vocabulary.h"
#include "support/message_of.h"
#include "support/tiny_file.h"

namespace dotmoe {
namespace {

using Tokens = std::vector<TokenId>;

Tokens bytes(const std::string& text) {
    return {text.begin(), text.end()};
}

TEST(Tokenise, SplitsTheTextOfBothTogether) {
    // "ab" is one token (256): it belongs to the side its end is on.
    const Tokenizer tokenizer(toy_vocabulary({"a b"}));
    const auto apart = tokenise({"xa", "cb"}, tokenizer, 64, "");
    EXPECT_EQ(apart.context, bytes("xa"));
    EXPECT_EQ(apart.continuation, bytes("cb"));
    const auto merged = tokenise({"xa", "bab"}, tokenizer, 64, "");  // x ab ab against the context's x a
    EXPECT_EQ(merged.context, bytes("xa"));
    EXPECT_EQ(merged.continuation, Tokens{256});
}

TEST(Tokenise, BlanksAtTheEndOfTheContextGoToTheContinuation) {
    const Tokenizer tokenizer(toy_vocabulary({}));
    const auto choice = tokenise({"x \n", "y"}, tokenizer, 64, "");
    EXPECT_EQ(choice.context, bytes("x"));
    EXPECT_EQ(choice.continuation, bytes(" \ny"));
}

TEST(Tokenise, TheStartOfTextStandsForAnEmptyContext) {
    auto vocabulary = toy_vocabulary({});
    for (const auto* context : {"", "  "}) {
        const auto choice = tokenise({context, "y"}, Tokenizer(vocabulary), 64, "");
        EXPECT_EQ(choice.context, Tokens{*vocabulary.eos});
        EXPECT_EQ(choice.continuation, bytes(context + std::string("y")));
    }
    vocabulary.bos = 7;
    EXPECT_EQ(tokenise({"", "y"}, Tokenizer(vocabulary), 64, "").context, Tokens{7});
    EXPECT_EQ(tokenise({"x", "y"}, Tokenizer(vocabulary), 64, "").context, bytes("x"));
    vocabulary.add_bos = true;
    EXPECT_EQ(tokenise({"", "y"}, Tokenizer(vocabulary), 64, "").context, Tokens{7});
    EXPECT_EQ(tokenise({"x", "y"}, Tokenizer(vocabulary), 64, "").context, (Tokens{7, 'x'}));
    EXPECT_EQ(tokenise({"x", "y"}, Tokenizer(vocabulary), 64, "").continuation, bytes("y"));
}

TEST(Tokenise, RefusesWhatLeavesNothing) {
    auto vocabulary = toy_vocabulary({"a b"});
    EXPECT_EQ(message_of([&] {
                  tokenise({"a", "b"}, Tokenizer(vocabulary), 64, "f:3");
              }),
              "f:3: the continuation adds no token to its context");
    vocabulary.eos.reset();
    EXPECT_EQ(message_of([&] {
                  tokenise({"", "b"}, Tokenizer(vocabulary), 64, "f:3");
              }),
              "f:3: the context is empty, and the model has no token that begins a text");
}

TEST(Tokenise, ALongContextLosesItsBeginning) {
    const Tokenizer tokenizer(toy_vocabulary({}));
    for (const int longest : {4, 5, 7, 8, 9, 100}) {
        const auto choice = tokenise({"abcdef", "xyz"}, tokenizer, longest, "");
        const auto kept = std::min(6, longest - 2);  // the model reads the context, x and y
        EXPECT_EQ(choice.context, bytes(std::string("abcdef").substr(static_cast<std::size_t>(6 - kept))))
            << longest;
        EXPECT_EQ(choice.continuation, bytes("xyz"));
    }
    EXPECT_EQ(message_of([&] {
                  tokenise({"abcdef", "xyz"}, tokenizer, 2, "f:3");
              }),
              "f:3: the continuation has 3 tokens, more than the model's context of 2");
}

class LogLikelihoods : public ::testing::Test {
  protected:
    std::vector<double> ours(const std::vector<ChoiceTokens>& choices) const {
        return log_likelihoods(transformer_, transformer_.dense(), choices);
    }
    /// One choice by itself, the whole text at once, in double from the logits on.
    double alone(const ChoiceTokens& choice) const {
        const at::NoGradGuard no_grad;
        auto text = choice.context;
        text.insert(text.end(), choice.continuation.begin(), choice.continuation.end());
        const auto ids = at::tensor(at::ArrayRef<TokenId>(text), at::kLong);
        const auto log_p = transformer_.logits(transformer_.hidden(ids.unsqueeze(0), transformer_.dense())[0])
                               .to(at::kDouble)
                               .log_softmax(-1);
        double sum = 0;
        for (auto i = std::ssize(choice.context); i < std::ssize(text); ++i)
            sum += log_p[i - 1][text[static_cast<std::size_t>(i)]].item<double>();
        return sum;
    }
    void expect_as_alone(const std::vector<ChoiceTokens>& choices) const {
        const auto found = ours(choices);
        ASSERT_EQ(found.size(), choices.size());
        for (std::size_t i = 0; i < choices.size(); ++i)
            EXPECT_NEAR(found[i], alone(choices[i]), 1e-5 * std::abs(alone(choices[i]))) << "choice " << i;
    }

    Transformer transformer_ = test::tiny_transformer(test::tiny_file_config());
};

TEST_F(LogLikelihoods, OneContextAndChoicesOfAnyLength) {
    const Tokens context{5, 17, 33, 8, 120, 44};
    expect_as_alone(
        {{context, {9}}, {context, {9, 10, 11, 12, 13, 14}}, {context, {9, 10}}, {context, {200, 3, 3}}});
    expect_as_alone({{context, {9}}, {context, {10}}});
    expect_as_alone({{{5}, {9, 10}}, {{5}, {10}}});
}

TEST_F(LogLikelihoods, ContextsMayDiffer) {
    expect_as_alone({{{5, 17, 33}, {9, 10}}, {{5, 17, 34, 35, 36}, {9, 10}}, {{5}, {17, 33, 9, 10}}});
    expect_as_alone({{{5, 6}, {9, 10}}, {{7, 8, 9}, {9, 10}}});
}

TEST_F(LogLikelihoods, QuestionsAreScoredOneByOneAndCounted) {
    const Tokenizer tokenizer(toy_vocabulary({"a b"}));
    const std::vector<Question> questions{{"f:1", {{"Is it?", " yes"}, {"Is it?", " no"}}, 0},
                                          {"f:3", {{"abba", "ab"}, {"abba", "c"}, {"abba", " "}}, 1}};
    std::vector<std::int64_t> done;
    const auto scores = score_questions(transformer_, transformer_.dense(), tokenizer, questions,
                                        [&](std::int64_t count) { done.push_back(count); });
    EXPECT_EQ(done, (std::vector<std::int64_t>{1, 2}));
    ASSERT_EQ(scores.size(), 2U);
    EXPECT_NEAR(scores[0][1], alone({bytes("Is it?"), bytes(" no")}), 1e-4);
    EXPECT_NEAR(scores[1][2], alone({{256, 'b', 'a'}, {' '}}), 1e-4);
}

Question question(std::size_t answer, const std::vector<std::string>& continuations) {
    Question made{"", {}, answer};
    for (const auto& continuation : continuations) made.choices.push_back({"c", continuation});
    return made;
}

TEST(JudgeAnswers, CountsTheLikeliestBySumAndByByte) {
    // By sum: right, wrong, right (of a tie the first), wrong. By byte (1, 4, 2 bytes): wrong, right, right,
    // wrong.
    const std::vector<Question> questions{question(0, {"a", "bbbb"}), question(1, {"a", "bbbb"}),
                                          question(0, {"a", "b"}), question(2, {"a", "b", "\u00e9"})};
    const auto answers = judge_answers(questions, {{-2, -4}, {-2, -4}, {-3, -3}, {-1, -2, -9}});
    EXPECT_EQ(answers.accuracy, 0.5);
    EXPECT_EQ(answers.normalised, 0.5);
    EXPECT_DOUBLE_EQ(answers.accuracy_stderr, std::sqrt(0.5 * 0.5 / 3));
    // -4 / 2 bytes is the likeliest of the last question only by bytes, not by characters.
    EXPECT_EQ(judge_answers({questions[3]}, {{-2.5, -3, -4}}).normalised, 1);
    EXPECT_EQ(judge_answers({questions[3]}, {{-2.5, -3, -4}}).accuracy, 0);
}

TEST(JudgeAnswers, TheErrorIsThatOfABernoulliMean) {
    std::vector<Question> questions;
    std::vector<std::vector<double>> scores;
    std::vector<double> right;
    for (int i = 0; i < 30; ++i) {
        questions.push_back(question(0, {"a", "b"}));
        right.push_back(i % 3 == 0 ? 1 : 0);
        scores.push_back({right.back(), 0.5});
    }
    const auto answers = judge_answers(questions, scores);
    const auto sample = at::tensor(right, at::kDouble);
    EXPECT_DOUBLE_EQ(answers.accuracy, sample.mean().item<double>());
    EXPECT_NEAR(answers.accuracy_stderr, sample.std(/*unbiased=*/true).item<double>() / std::sqrt(30), 1e-12);
    EXPECT_EQ(judge_answers({questions[0]}, {scores[0]}).accuracy_stderr, 0);
}

}  // namespace
}  // namespace dotmoe
