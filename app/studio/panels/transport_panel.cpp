#include "app/studio/panels/transport_panel.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/studio/figures.h"
#include "app/studio/panels/choice_button.h"
#include "widgets/plan_heatmap.h"
#include "widgets/plan_iterate.h"
#include "widgets/sinkhorn_scope.h"

namespace dotmoe::studio {

TransportPanel::TransportPanel(QWidget* parent)
    : QWidget(parent),
      m_heatmap(new PlanHeatmap),
      m_scope(new SinkhornScope),
      m_gaps(new QLabel),
      m_cell(new QLabel) {
    auto* bar = new QHBoxLayout;
    bar->setSpacing(2);
    auto* group = new QActionGroup(this);
    const std::array modes{PlanMode::soft, PlanMode::hard, PlanMode::difference};
    const std::array names{tr("&Soft plan"), tr("&Hard plan"), tr("&Difference")};
    const std::array tips{tr("Mass that Sinkhorn gives each expert of a neuron"),
                          tr("The one expert of each neuron"),
                          tr("Soft minus hard: where the rounding had to decide")};
    for (std::size_t i = 0; i < modes.size(); ++i) {
        m_modes[i] = group->addAction(names[i]);
        m_modes[i]->setCheckable(true);
        m_modes[i]->setToolTip(tips[i]);
        connect(m_modes[i], &QAction::triggered, m_heatmap,
                [this, mode = modes[i]] { m_heatmap->setMode(mode); });
        bar->addWidget(new ChoiceButton(m_modes[i]));
    }
    m_modes[0]->setChecked(true);
    m_heatmap->setMode(PlanMode::soft);

    m_gaps->setAccessibleName(tr("Gaps of the plan"));
    m_gaps->setForegroundRole(QPalette::PlaceholderText);
    m_cell->setAccessibleName(tr("Cell under the pointer"));
    bar->addSpacing(12);
    bar->addWidget(m_gaps);
    bar->addStretch(1);
    bar->addWidget(m_cell);

    m_heatmap->setObjectName("heatmap");
    m_scope->setObjectName("sinkhorn");
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_heatmap);
    splitter->addWidget(m_scope);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(bar);
    column->addWidget(splitter, 1);

    connect(m_scope, &SinkhornScope::iterationSelected, this, &TransportPanel::showIteration);
    connect(m_heatmap, &PlanHeatmap::cellHovered, this, &TransportPanel::showCell);
    connect(m_heatmap, &PlanHeatmap::hoverLeft, m_cell, &QLabel::clear);
}

void TransportPanel::setPlan(const std::shared_ptr<const PlanSnapshot>& plan) {
    m_plan = plan;
    m_heatmap->setSnapshot(plan);
    m_gaps->setText(plan ? tr("soft–hard gap %1 · greedy–exact gap %2")
                               .arg(share_text(plan->soft_hard_gap), plan->greedy_gap
                                                                         ? share_text(*plan->greedy_gap)
                                                                         : tr("–, neurons are held"))
                         : QString());
}

void TransportPanel::setSolve(const std::shared_ptr<const SinkhornSnapshot>& solve) {
    m_solve = solve;
    m_scope->setSnapshot(solve);
}

void TransportPanel::showIteration(int iteration) {
    if (!m_plan || !m_solve) return;
    if (iteration == 0)
        m_heatmap->setSnapshot(m_plan);
    else if (endedIn(*m_solve, *m_plan))
        m_heatmap->setIterate(planAfter(*m_plan, *m_solve, iteration), iteration);
}

void TransportPanel::showCell(int neuron, int column, double mass, double margin) {
    m_cell->setText(tr("neuron %1 · %2 · mass %3 · margin %4")
                        .arg(QString::number(neuron), m_heatmap->columnName(column),
                             QString::number(mass, 'f', 3), QString::number(margin, 'f', 3)));
}

}  // namespace dotmoe::studio
