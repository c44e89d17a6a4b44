#include "app/studio/known_runs.h"

#include <QFileInfo>
#include <QSettings>
#include <algorithm>
#include <deque>
#include <set>

#include "recording/recorder.h"
#include "recording/recording.h"

namespace dotmoe::studio {
namespace {

const auto key = QStringLiteral("runs");

}  // namespace

void KnownRuns::add(const QString& folder) {
    const auto absolute = QFileInfo(folder).absoluteFilePath();
    auto all = folders();
    all.removeAll(absolute);
    all.prepend(absolute);
    QSettings().setValue(key, all.mid(0, most));
}

void KnownRuns::forget(const QString& folder) {
    auto all = folders();
    all.removeAll(folder);
    QSettings().setValue(key, all);
}

QStringList KnownRuns::folders() const {
    return QSettings().value(key).toStringList();
}

std::vector<RunRecord> read_runs(const QStringList& folders) {
    std::deque<std::filesystem::path> wanted;
    for (const auto& folder : folders) wanted.emplace_back(folder.toStdString());
    std::set<std::filesystem::path> seen;
    std::vector<RunRecord> runs;
    for (; !wanted.empty(); wanted.pop_front()) {
        auto run = read_run(wanted.front());
        if (!run || !seen.insert(run->folder).second) continue;
        if (run->parent) wanted.push_back(run->parent->folder);
        runs.push_back(std::move(*run));
    }
    return runs;
}

std::vector<std::filesystem::path> recordings_in(const QStringList& folders) {
    std::vector<std::filesystem::path> found;
    for (const auto& folder : folders) {
        std::vector<std::filesystem::path> here;
        std::error_code absent;
        for (std::filesystem::directory_iterator file(folder.toStdString(), absent), end; file != end;
             file.increment(absent))
            if (file->path().extension() == ".moerec" && Recording::recognises(file->path()))
                here.push_back(file->path());
        std::ranges::sort(here);
        std::ranges::move(here, std::back_inserter(found));
    }
    return found;
}

QString recording_label(const std::filesystem::path& path) {
    const auto whole = std::filesystem::absolute(path);  // one in the present folder has its name too
    const auto named = whole.filename() == recording_name ? whole.parent_path() : whole;
    return QString::fromStdString(named.filename().string());
}

}  // namespace dotmoe::studio
