#include "app/studio/screenshots.h"

#include <QApplication>
#include <QEventLoop>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <iostream>

#include "app/studio/main_window.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/run_messages.h"
#include "app/studio/theme.h"
#include "widgets/expert_map.h"
#include "widgets/expert_table_model.h"

namespace dotmoe::studio {
namespace {

/// The routing of the text comes a moment after the run's end.
constexpr int settle_ms = 1500;
constexpr int tab_ms = 400;
/// What the conversion will cost is measured while nothing else computes.
constexpr int cost_ms = 2000;
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
            questionRouting();
            profileExperts();
            QApplication::exit(takeAll() ? 0 : 1);
        });
    };
    connect(&window.bridge(), &EventBridge::finished, this, take_and_exit);
    connect(&window, &MainWindow::recordingShown, this, take_and_exit);
    connect(&window, &MainWindow::conversionShown, this, take_and_exit);
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
    QTimer::singleShot(cost_ms, convert, &QAction::trigger);
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

void Screenshots::waitFor(const char* progress) {
    auto* asking = m_window.findChild<QLabel*>(progress);
    QEventLoop busy;
    QTimer look;
    connect(&look, &QTimer::timeout, &busy, [&] {
        if (asking->text().isEmpty()) busy.quit();
    });
    look.start(tab_ms);
    busy.exec();
}

void Screenshots::questionRouting() {
    auto* tokens = m_window.findChild<QTableView*>("routingTable");
    if (!m_window.findChild<QAction*>("generate")->isEnabled() || tokens->model()->rowCount() == 0) return;
    auto* panel = m_window.findChild<RoutingPanel*>();
    m_window.tabs().setCurrentWidget(panel);  // a panel that is not seen asks nothing
    waitFor("routingProgress");
    const int token = tokens->model()->rowCount() / 2;
    tokens->selectRow(token);
    waitFor("routingProgress");
    auto* experts = m_window.findChild<ExpertMap*>("expertMap");
    // The first expert that is on in the first layer, and the first that is off in the next.
    for (const auto& [layer, wanted] : {std::pair{"0", "1"}, {"1", "0"}})
        for (const QStringList& row : experts->table().rows)
            if (row[0] == layer && row[3] == wanted) {
                panel->forcings().force({token, row[0].toInt(), row[1].toInt(), row[3] == "0"});
                break;
            }
    m_window.findChild<QTabWidget*>("routingMaps")->setCurrentIndex(3);
    waitFor("routingProgress");
}

void Screenshots::profileExperts() {
    if (!m_window.findChild<QAction*>("generate")->isEnabled()) return;
    m_window.tabs().setCurrentWidget(m_window.findChild<ExpertsPanel*>());  // unseen, it reads nothing
    say(tr("Experts"));
    waitFor("expertsProgress");
    auto* experts = m_window.findChild<QTableView*>("expertTable");
    experts->sortByColumn(ExpertTableModel::load, Qt::DescendingOrder);
    experts->selectRow(0);
}

bool Screenshots::take(const QString& name) {
    QEventLoop reading;  // what a tab works out once it is seen
    QTimer::singleShot(tab_ms, &reading, &QEventLoop::quit);
    reading.exec();
    const auto path = m_folder.filePath(name.toLower().replace(u' ', u'-') + QStringLiteral(".png"));
    return m_window.grab().save(path) || (complain(tr("%1: cannot be written").arg(path)), false);
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
    QTabWidget* const withinTabs[] = {m_window.findChild<QTabWidget*>("routingMaps"),
                                      m_window.findChild<QTabWidget*>("expertViews")};
    auto* byKl = m_window.findChild<QAction*>("colourByKl");
    const auto suffix = QLatin1String(theme) + (scale == 1 ? QString() : QStringLiteral("@%1x").arg(scale));
    for (int tab = 0; tab < tabs.count(); ++tab) {
        tabs.setCurrentIndex(tab);
        byKl->setChecked(false);
        for (auto* within : withinTabs) within->setCurrentIndex(0);
        if (!take(QStringLiteral("%1-%2").arg(tabs.tabText(tab), suffix))) return false;
        for (auto* within : withinTabs) {
            if (!tabs.currentWidget()->isAncestorOf(within)) continue;
            for (int inner = 1; inner < within->count(); ++inner) {
                within->setCurrentIndex(inner);
                byKl->setChecked(inner == 3);  // beside the blame
                if (!take(QStringLiteral("%1-%2-%3").arg(tabs.tabText(tab), within->tabText(inner), suffix)))
                    return false;
            }
        }
    }
    return true;
}

}  // namespace dotmoe::studio
