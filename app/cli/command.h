// What the commands of `dotmoe` have in common. One file a command under commands/.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/device.h"

namespace dotmoe::cli {

class Interrupt;

/// The user stopped a command that had something to keep; the message says how to go on. Exit code 130.
class Interrupted : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A check whose answer is no, after the command has printed its result. Exit code 1.
class Refuted : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Flags every command takes, and the watch over Ctrl-C.
struct Context {
    Interrupt& interrupt;
    bool json = false;  ///< one JSON object on stdout; logs and progress on stderr all the same
    int threads = 0;    ///< 0: all cores
    std::string device = "auto";

    /// Throws UsageError on an unknown name.
    DeviceChoice device_choice() const { return parse_device(device); }
};

/// Each adds its command to the application; the command's callback runs inside CLI::App::parse() and throws
/// what main turns into a line and an exit code. `context` outlives the application.
void add_inspect(CLI::App& app, Context& context);
void add_plan(CLI::App& app, Context& context);
void add_convert(CLI::App& app, Context& context);
void add_compare(CLI::App& app, Context& context);
void add_sweep(CLI::App& app, Context& context);
void add_eval(CLI::App& app, Context& context);
void add_generate(CLI::App& app, Context& context);
void add_route(CLI::App& app, Context& context);
void add_experts(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_bench(CLI::App& app, Context& context);

/// A command with the common flags, its purpose and an example for --help.
CLI::App* add_command(CLI::App& app, Context& context, const std::string& name, const std::string& purpose,
                      const std::string& example);

/// The dense model of a conversion, where it has moved since (--source).
CLI::Option* add_source_option(CLI::App* command, std::string& source);

/// Multiple-choice tasks to be answered (--tasks, --questions).
struct TaskOptions {
    std::vector<std::string> folders;
    std::int64_t questions = 200;  ///< of each; 0: all

    void add_to(CLI::App& command);
};

std::vector<std::filesystem::path> to_paths(const std::vector<std::string>& names);
std::optional<std::filesystem::path> optional_path(const std::string& name);  ///< none when empty

/// The one JSON object of a command, on stdout. Bytes of file names that are no UTF-8 become U+FFFD.
void print_json(const nlohmann::json& json);

}  // namespace dotmoe::cli
