#include "evaluate/question_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "base/text_lines.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// OLMo numbers the questions' unconditional twins ("Answer:" alone, for scores that we do not compute) from
// here.
constexpr std::int64_t first_unconditional = 1'000'000;

struct Request {
    std::int64_t question = 0, index = 0, answer = 0;
    Choice choice;
};

/// A question as far as its lines have been read. Indices are untrusted: a map, so that none makes us
/// allocate.
struct Draft {
    std::string where;
    std::int64_t answer = 0;
    std::map<std::int64_t, Choice> choices;
};

fs::path file_in(const fs::path& folder) {
    for (const auto* name : {"requests.jsonl", "requests.jsonl.gz"})
        if (fs::exists(folder / name)) return folder / name;
    fail("{}: holds neither requests.jsonl nor requests.jsonl.gz; name the folder of a task",
         folder.string());
}

/// The member "a.b" of a line.
const Json& member(const Json& line, std::string_view name, const std::string& where) {
    const Json* found = &line;
    for (auto rest = name; !rest.empty();) {
        const auto key = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(key.size() + 1, rest.size()));
        if (!found->is_object() || !found->contains(key)) fail("{}: has no {}", where, name);
        found = &found->at(key);
    }
    return *found;
}

std::string text(const Json& line, std::string_view name, const std::string& where) {
    const auto& value = member(line, name, where);
    if (!value.is_string()) fail("{}: {} is no string", where, name);
    return value.get<std::string>();
}

std::int64_t whole_number(const Json& line, std::string_view name, const std::string& where) {
    const auto& value = member(line, name, where);
    if (!value.is_number_integer()) fail("{}: {} is no whole number", where, name);
    return value.get<std::int64_t>();
}

Request parse(const std::string& line, const std::string& where) {
    const auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) fail("{}: is no JSON", where);
    Request request{whole_number(json, "doc_id", where),
                    whole_number(json, "idx", where),
                    whole_number(json, "label", where),
                    {text(json, "request.context", where), text(json, "request.continuation", where)}};
    if (request.choice.continuation.empty()) fail("{}: request.continuation is empty", where);
    return request;
}

void add(Draft& draft, Request request, const std::string& where) {
    if (request.answer != draft.answer)
        fail("{}: label {} is another than {} of the same question at {}", where, request.answer,
             draft.answer, draft.where);
    if (!draft.choices.emplace(request.index, std::move(request.choice)).second)
        fail("{}: idx {} of question {} was there before", where, request.index, request.question);
}

Question finished(Draft draft) {
    const auto count = static_cast<std::int64_t>(draft.choices.size());
    if (count < 2) fail("{}: the question has one choice where two or more are needed", draft.where);
    // n different indices are 0 to n-1 when the ends are.
    if (draft.choices.begin()->first != 0 || draft.choices.rbegin()->first != count - 1)
        fail("{}: the idx of the question's {} choices are not 0 to {}", draft.where, count, count - 1);
    if (draft.answer < 0 || draft.answer >= count)
        fail("{}: label {} is none of the question's {} choices", draft.where, draft.answer, count);
    Question question{std::move(draft.where), {}, static_cast<std::size_t>(draft.answer)};
    for (auto& [index, choice] : draft.choices) question.choices.push_back(std::move(choice));
    return question;
}

}  // namespace

std::vector<Question> read_questions(const fs::path& folder, std::int64_t limit) {
    const auto path = file_in(folder);
    TextLines lines(path);
    std::vector<Draft> drafts;
    std::map<std::int64_t, std::size_t> by_id;
    while (const auto line = lines.next()) {
        if (line->find_first_not_of(" \t") == std::string::npos) continue;
        const auto where = lines.where();
        auto request = parse(*line, where);
        if (request.question >= first_unconditional) continue;
        if (const auto found = by_id.find(request.question); found != by_id.end()) {
            add(drafts[found->second], std::move(request), where);
        } else if (limit == 0 || std::ssize(drafts) < limit) {
            by_id.emplace(request.question, drafts.size());
            drafts.push_back({where, request.answer, {}});
            add(drafts.back(), std::move(request), where);
        }
    }
    if (drafts.empty()) fail("{}: holds no question", path.string());
    std::vector<Question> questions;
    questions.reserve(drafts.size());
    for (auto& draft : drafts) questions.push_back(finished(std::move(draft)));
    return questions;
}

}  // namespace dotmoe
