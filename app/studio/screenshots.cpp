#include "app/studio/screenshots.h"

#include <QApplication>
#include <QEventLoop>
#include <QTabWidget>
#include <QTimer>
#include <iostream>

#include "app/studio/main_window.h"
#include "app/studio/run_messages.h"
#include "app/studio/theme.h"

namespace dotmoe::studio {
namespace {

/// The routing of the text comes a moment after the run's end.
constexpr int settle_ms = 1500;
constexpr int tab_ms = 400;
constexpr int progress_ms = 10'000;

void say(const QString& line) {
    std::cerr << line.toStdString() << std::endl;
}

void complain(const QString& message) {
    say("dotmoe-studio: " + message);
}

}  // namespace

Screenshots::Screenshots(MainWindow& window, const QDir& folder, std::vector<double> scales)
    : m_window(window), m_folder(folder), m_scales(std::move(scales)) {
    auto* convert = window.findChild<QAction*>("convert");
    connect(convert, &QAction::enabledChanged, this, &Screenshots::convertWhenReady);
    connect(&window, &MainWindow::fileRefused, this, [](const QString& reason) {
        complain(reason);
        QApplication::exit(1);
    });
    connect(&window.bridge(), &EventBridge::failed, this, [](const Failed& event) {
        complain(QString::fromStdString(event.message));
        QApplication::exit(1);
    });
    tellInTerminal(window.bridge());
    const auto take_and_exit = [this] {
        QTimer::singleShot(settle_ms, this, [this] {
            tryOut();
            QApplication::exit(takeAll() ? 0 : 1);
        });
    };
    connect(&window.bridge(), &EventBridge::finished, this, take_and_exit);
    connect(&window, &MainWindow::recordingShown, this, take_and_exit);
}

void Screenshots::tellInTerminal(const EventBridge& bridge) {
    connect(&bridge, &EventBridge::started, this, [](const Started& event) { say(started_text(event)); });
    connect(&bridge, &EventBridge::qualityMeasured, this,
            [](const QualitySnapshot& quality) { say(quality_text(quality)); });
    connect(&bridge, &EventBridge::progressed, this, [this](const Progress& event) {
        if (event.phase == m_phase && m_sinceProgress.elapsed() < progress_ms) return;
        m_phase = event.phase;
        m_sinceProgress.start();
        say(QStringLiteral("%1 %2/%3 %4")
                .arg(QString::fromStdString(event.phase))
                .arg(event.done)
                .arg(event.total)
                .arg(QString::fromStdString(event.unit)));
    });
    connect(&bridge, &EventBridge::finished, this, [](const Finished& event) {
        std::cout << format_table(nlohmann::json::parse(event.metrics_json).get<Metrics>()) << std::flush;
    });
}

void Screenshots::convertWhenReady() {
    auto* convert = m_window.findChild<QAction*>("convert");
    if (std::exchange(m_begun, m_begun || convert->isEnabled()) || !convert->isEnabled()) return;
    QTimer::singleShot(0, convert, &QAction::trigger);
}

void Screenshots::tryOut() {
    for (const auto* name : {"generate", "turnDial"}) {
        auto* action = m_window.findChild<QAction*>(name);
        if (!action->isEnabled()) continue;
        say(action->text().remove('&'));
        action->trigger();
        if (action->isEnabled()) continue;  // there was nothing to do
        QEventLoop busy;
        connect(action, &QAction::enabledChanged, &busy, &QEventLoop::quit);
        busy.exec();
    }
}

bool Screenshots::takeAll() {
    if (!m_folder.mkpath(".")) return complain(tr("%1: cannot be made").arg(m_folder.path())), false;
    const std::pair<const char*, QPalette> themes[] = {{"light", light_palette()}, {"dark", dark_palette()}};
    const QSize usual = m_window.size();
    for (const double scale : m_scales) {
        m_window.scale().show(qRound(100 * scale));
        m_window.resize(usual * scale);
        for (const auto& [theme, palette] : themes) {
            QApplication::setPalette(palette);
            if (!takeTabs(theme, scale)) return false;
        }
    }
    return true;
}

bool Screenshots::takeTabs(const char* theme, double scale) {
    auto& tabs = m_window.tabs();
    const auto suffix = scale == 1 ? QString() : QStringLiteral("@%1x").arg(scale);
    for (int tab = 0; tab < tabs.count(); ++tab) {
        tabs.setCurrentIndex(tab);
        QEventLoop reading;  // what a tab works out once it is seen
        QTimer::singleShot(tab_ms, &reading, &QEventLoop::quit);
        reading.exec();
        const auto path =
            m_folder.filePath(QStringLiteral("%1-%2%3.png").arg(tabs.tabText(tab).toLower(), theme, suffix));
        if (!m_window.grab().save(path)) return complain(tr("%1: cannot be written").arg(path)), false;
    }
    return true;
}

}  // namespace dotmoe::studio
