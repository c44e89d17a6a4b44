// Multiple-choice questions from disk, in the form that OLMo's in-loop evaluation keeps them: one line of
// JSON for each choice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dotmoe {

/// What the model is asked: how likely is `continuation` after `context`? UTF-8.
struct Choice {
    std::string context, continuation;
};

struct Question {
    std::string where;            ///< "FILE:LINE" of its first choice
    std::vector<Choice> choices;  ///< two or more
    std::size_t answer = 0;       ///< index of the right one
};

/// The first `limit` questions (0: all) of requests.jsonl or requests.jsonl.gz in the folder, in the file's
/// order. Of each line request.context, request.continuation, doc_id (which question), idx (which of its
/// choices) and label (the right idx) are read. Throws Error naming file and line of what is missing or makes
/// no sense, or saying that there is no such file or no question in it.
std::vector<Question> read_questions(const std::filesystem::path& folder, std::int64_t limit);

}  // namespace dotmoe
