#include "app/studio/panels/migration_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/studio/moment_text.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/timeline.h"
#include "base/error.h"
#include "recording/settled.h"
#include "widgets/migration_flow.h"
#include "widgets/settled_bars.h"

namespace dotmoe::studio {

MigrationPanel::MigrationPanel(const Timeline& timeline, QAction* mark, QAction* unmark, QWidget* parent)
    : QWidget(parent), m_timeline(timeline), m_flow(new MigrationFlow), m_settled(new SettledBars) {
    m_flow->setObjectName("flow");
    m_settled->setObjectName("settled");
    auto* bar = new QHBoxLayout;
    bar->addWidget(new ChoiceButton(mark));
    bar->addWidget(new ChoiceButton(unmark));
    auto* hint = new QLabel(tr("from the marked moment to the one that the time bar shows"));
    hint->setForegroundRole(QPalette::PlaceholderText);
    bar->addWidget(hint);
    bar->addStretch(1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_flow);
    splitter->addWidget(m_settled);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(bar);
    column->addWidget(splitter, 1);

    m_settledSoon.setSingleShot(true);
    m_settledSoon.setInterval(300);  // a running conversion has a new moment every few ms
    connect(&m_settledSoon, &QTimer::timeout, this, &MigrationPanel::findSettled);
    connect(&timeline, &Timeline::markChanged, this, [this] {
        findOrigin();
        compare();
    });
    connect(&timeline, &Timeline::momentsChanged, this, [this] {
        if (!m_origin) findOrigin();
        if (!m_settledSoon.isActive()) m_settledSoon.start();
    });
    connect(&timeline, &Timeline::momentChanged, this, &MigrationPanel::compare);
}

void MigrationPanel::setPlan(const std::shared_ptr<const PlanSnapshot>& plan) {
    m_plan = plan;
    if (!m_origin) findOrigin();
    compare();
}

void MigrationPanel::setLayer(int layer) {
    m_layer = layer;
    m_settled->setLayer(layer);
    findOrigin();
    compare();
}

void MigrationPanel::showEvent(QShowEvent*) {
    findOrigin();
    compare();
    findSettled();
}

void MigrationPanel::findOrigin() {
    m_origin.reset();
    const auto* recording = m_timeline.recording();
    if (!recording || !isVisible()) return;
    const auto moment = m_timeline.mark() < 0 ? recording->first_plan(m_layer)
                                              : std::optional(static_cast<std::size_t>(m_timeline.mark()));
    if (!moment) return;
    m_originName = moment_text(recording->moments()[*moment]);
    try {
        m_origin = recording->plan(*moment, m_layer);
    } catch (const Error& error) {
        emit unreadable(QString::fromUtf8(error.what()));
    }
}

void MigrationPanel::compare() {
    if (!isVisible()) return;
    const auto* recording = m_timeline.recording();
    const int moment = m_timeline.moment();
    const auto name = recording && moment >= 0
                          ? moment_text(recording->moments()[static_cast<std::size_t>(moment)])
                          : QString();
    const bool sameLayer = m_origin && m_plan && m_origin->layer == m_plan->layer;
    m_flow->setPlans(sameLayer ? m_origin : nullptr, m_plan, m_originName, name);
}

void MigrationPanel::findSettled() {
    const auto* recording = m_timeline.recording();
    if (!recording || !isVisible()) return;
    m_reader.ask([this, path = recording->path()]() -> LatestJob::Delivery {
        std::vector<std::optional<SettledBars::Settled>> settled;
        try {
            const Recording own(path);  // a reader is for one thread
            for (const auto& moment : settled_moments(own)) {
                settled.emplace_back();
                if (!moment) continue;
                const auto& at = own.moments()[*moment];
                settled.back() = {static_cast<double>(at.step), at.kind == MomentKind::global_step,
                                  moment_text(at)};
            }
        } catch (const Error& error) {
            return [this, reason = QString::fromUtf8(error.what())] { emit unreadable(reason); };
        }
        return [this, settled = std::move(settled)] {
            m_settled->setSettled(settled);
            m_settled->setLayer(m_layer);
        };
    });
}

}  // namespace dotmoe::studio
