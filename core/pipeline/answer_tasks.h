// Multiple-choice tasks answered by a model and by the dense model it comes from. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "evaluate/figures.h"
#include "evaluate/question_file.h"
#include "events/event.h"

namespace dotmoe {

class ConvertedModel;

struct Task {
    std::string name;  ///< of its folder
    std::vector<Question> questions;
};

struct TaskFigures {
    std::string task;
    std::int64_t questions = 0;
    double chance = 0;  ///< accuracy of a guess: mean of 1 / choices
    Answers dense;
    std::optional<Answers> converted;  ///< none of a dense model
};

/// The first `questions` of the task in each folder (0: all). Throws as read_questions does.
std::vector<Task> read_tasks(const std::vector<std::filesystem::path>& folders, std::int64_t questions);

/// Where the dense model's answers are known (one a task), it is not asked again. Throws Cancelled between
/// two questions.
std::vector<TaskFigures> answer_tasks(const ConvertedModel& model, const std::vector<Task>& tasks,
                                      EventSink& events, RunControl& control,
                                      const std::vector<Answers>& dense = {});

/// JSON: task, questions, chance, and dense and converted as {acc, acc_stderr, acc_norm, acc_norm_stderr}.
void to_json(nlohmann::json& json, const TaskFigures& figures);
void from_json(const nlohmann::json& json, TaskFigures& figures);
void to_json(nlohmann::json& json, const Answers& answers);
void from_json(const nlohmann::json& json, Answers& answers);

/// One row a task, the dense model beside the converted one, in percent with the standard error.
std::string format_table(const std::vector<TaskFigures>& tasks);

}  // namespace dotmoe
