#include "evaluate/question_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

std::string line(int question, int index, int label, const std::string& continuation,
                 const std::string& context = "Q:") {
    return fmt::format(
        R"({{"request_type": "loglikelihood", "doc": {{"query": "?"}}, "doc_id": {}, "idx": {}, "label": {}, )"
        R"("request": {{"context": "{}", "continuation": "{}"}}}})"
        "\n",
        question, index, label, context, continuation);
}

class QuestionFile : public ::testing::Test {
  protected:
    std::vector<Question> read(const std::string& text, std::int64_t limit = 0) const {
        folder_.file("requests.jsonl", text);
        return read_questions(folder_.path(), limit);
    }
    /// The message less the file's name before it.
    std::string refusal(const std::string& text) const {
        const auto message = message_of([&] { read(text); });
        const auto file = (folder_.path() / "requests.jsonl").string();
        EXPECT_TRUE(message.starts_with(file)) << message;
        return message.substr(std::min(file.size(), message.size()));
    }

    TemporaryFolder folder_;
};

TEST_F(QuestionFile, ChoicesAreGroupedAndOrdered) {
    const auto questions =
        read(line(7, 1, 2, " b", "first") + line(7, 0, 2, " a", "first") + "\n" +
             line(3, 0, 1, " x", "second \\u00e9") + line(7, 2, 2, " c", "other") + line(3, 1, 1, " y"));
    ASSERT_EQ(questions.size(), 2U);
    ASSERT_EQ(questions[0].choices.size(), 3U);
    EXPECT_EQ(questions[0].answer, 2U);
    EXPECT_EQ(questions[0].choices[0].continuation, " a");
    EXPECT_EQ(questions[0].choices[2].continuation, " c");
    EXPECT_EQ(questions[0].choices[2].context, "other");
    EXPECT_TRUE(questions[0].where.ends_with("requests.jsonl:1"));
    EXPECT_EQ(questions[1].choices[0].context, "second \u00e9");
    EXPECT_EQ(questions[1].answer, 1U);
    EXPECT_TRUE(questions[1].where.ends_with("requests.jsonl:4"));
}

TEST_F(QuestionFile, TheFirstQuestionsAreTaken) {
    std::string text;
    for (int question = 9; question > 0; --question)
        text += line(question, 0, 0, fmt::format("{}", question)) + line(question, 1, 0, "no");
    EXPECT_EQ(read(text).size(), 9U);
    EXPECT_EQ(read(text, 100).size(), 9U);
    const auto first = read(text, 2);
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].choices[0].continuation, "9");
    EXPECT_EQ(first[1].choices[0].continuation, "8");
}

TEST_F(QuestionFile, UnconditionalTwinsAreLeftOut) {
    EXPECT_EQ(
        read(line(0, 0, 0, "a") + line(0, 1, 0, "b") + line(1000000, 0, 0, "a") + line(1000000, 1, 0, "b"))
            .size(),
        1U);
}

TEST_F(QuestionFile, WhatIsWrongIsSaidWithItsLine) {
    const auto good = line(0, 0, 0, "a") + line(0, 1, 0, "b");
    EXPECT_EQ(refusal(""), ": holds no question");
    EXPECT_EQ(refusal("\n \n"), ": holds no question");
    EXPECT_EQ(refusal(good + "{\"doc_id\": 1,\n"), ":3: is no JSON");
    EXPECT_EQ(refusal(good + "\xff\n"), ":3: is no JSON");
    EXPECT_EQ(refusal("[1]\n"), ":1: has no doc_id");
    EXPECT_EQ(refusal("7\n"), ":1: has no doc_id");
    EXPECT_EQ(refusal(R"({"doc_id": "zero"})"), ":1: doc_id is no whole number");
    EXPECT_EQ(refusal(R"({"doc_id": 0.5})"), ":1: doc_id is no whole number");
    EXPECT_EQ(refusal(R"({"doc_id": 0})"), ":1: has no idx");
    EXPECT_EQ(refusal(R"({"doc_id": 0, "idx": 0})"), ":1: has no label");
    EXPECT_EQ(refusal(R"({"doc_id": 0, "idx": 0, "label": "A"})"), ":1: label is no whole number");
    const auto begun = [](const std::string& rest) {
        return R"({"doc_id": 0, "idx": 0, "label": 0)" + rest + "}";
    };
    EXPECT_EQ(refusal(begun("")), ":1: has no request.context");
    EXPECT_EQ(refusal(begun(R"(, "request": "?")")), ":1: has no request.context");
    EXPECT_EQ(refusal(begun(R"(, "request": {"context": 5})")), ":1: request.context is no string");
    EXPECT_EQ(refusal(begun(R"(, "request": {"context": "c"})")), ":1: has no request.continuation");
    EXPECT_EQ(refusal(good + line(1, 0, 0, "")), ":3: request.continuation is empty");
}

TEST_F(QuestionFile, QuestionsThatMakeNoSenseAreRefused) {
    const auto good = line(0, 0, 0, "a") + line(0, 1, 0, "b");
    EXPECT_EQ(refusal(good + line(0, 1, 0, "c")), ":3: idx 1 of question 0 was there before");
    EXPECT_TRUE(refusal(good + line(0, 2, 1, "c"))
                    .starts_with(":3: label 1 is another than 0 of the same question at "));
    EXPECT_EQ(refusal(good + line(4, 0, 0, "a")),
              ":3: the question has one choice where two or more are needed");
    EXPECT_EQ(refusal(good + line(4, 0, 0, "a") + line(4, 2, 0, "c")),
              ":3: the idx of the question's 2 choices are not 0 to 1");
    EXPECT_EQ(refusal(line(0, -1, 0, "a") + line(0, 0, 0, "b")),
              ":1: the idx of the question's 2 choices are not 0 to 1");
    EXPECT_EQ(refusal(good + line(4, 0, 2, "a") + line(4, 1, 2, "c")),
              ":3: label 2 is none of the question's 2 choices");
    EXPECT_EQ(refusal(line(4, 0, -1, "a") + line(4, 1, -1, "c")),
              ":1: label -1 is none of the question's 2 choices");
}

TEST_F(QuestionFile, AFolderWithoutATaskIsSaid) {
    EXPECT_EQ(message_of([&] { read_questions(folder_.path(), 0); }),
              folder_.path().string() +
                  ": holds neither requests.jsonl nor requests.jsonl.gz; name the folder of a task");
}

}  // namespace
}  // namespace dotmoe
