#include "pipeline/kept_answers.h"

#include "base/sha256.h"
#include "pipeline/converted_model.h"
#include "pipeline/kept.h"

namespace dotmoe {
namespace {

using Json = nlohmann::json;

/// What the figures depend on: the experts, which know the hashes of the weights, and the questions.
std::string identity(const std::filesystem::path& folder, const std::vector<Task>& tasks) {
    auto asked = Json::array({sha256_of_file(folder / "experts.safetensors")});
    for (const auto& task : tasks)
        for (const auto& question : task.questions) {
            asked.push_back(Json::array({task.name, question.answer}));
            for (const auto& choice : question.choices)
                asked.push_back(Json::array({choice.context, choice.continuation}));
        }
    const auto text = asked.dump(-1, ' ', false, Json::error_handler_t::replace);
    return sha256_hex(std::as_bytes(std::span(text)));
}

}  // namespace

std::vector<TaskFigures> kept_answers(const std::filesystem::path& folder,
                                      const std::filesystem::path& source, DeviceChoice device,
                                      const std::vector<Task>& tasks, const std::vector<Answers>& dense,
                                      const ConvertHooks& hooks) {
    return kept(folder / "tasks.json", identity(folder, tasks), [&] {
        const auto model = ConvertedModel::open(folder, device, source);
        return answer_tasks(model, tasks, hooks.events, hooks.control, dense);
    });
}

}  // namespace dotmoe
