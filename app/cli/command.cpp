#include "app/cli/command.h"

#include <iostream>

namespace dotmoe::cli {

CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& purpose,
                      const std::string& example) {
    auto* command = app.add_subcommand(name, purpose);
    command->footer("Example:\n  " + example);
    command->add_flag("--json", context.json, "One JSON object on stdout (progress stays on stderr)")
        ->group("Common");
    command->add_option("--threads", context.threads, "Threads of matrix products; 0 takes all cores")
        ->check(CLI::Range(0, 1024))
        ->type_name("N")
        ->capture_default_str()
        ->group("Common");
    command->add_option("--device", context.device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->type_name("NAME")
        ->capture_default_str()
        ->group("Common");
    return command;
}

CLI::Option* add_source_option(CLI::App* command, std::string& source) {
    return command
        ->add_option("--source", source, "The dense model, when it is no longer where it was converted from")
        ->type_name("FILE");
}

void TaskOptions::add_to(CLI::App& command) {
    command
        .add_option("--tasks", folders,
                    "Folders of multiple-choice tasks: a requests.jsonl or requests.jsonl.gz in each")
        ->type_name("DIR");
    command
        .add_option("--questions", questions,
                    "Questions a task, the first of its file in order; 0: all of them")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
}

std::vector<std::filesystem::path> to_paths(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

std::optional<std::filesystem::path> optional_path(const std::string& name) {
    return name.empty() ? std::nullopt : std::optional<std::filesystem::path>(name);
}

void print_json(const nlohmann::json& json) {
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace dotmoe::cli
