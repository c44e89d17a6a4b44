#include "app/studio/panels/pareto_view.h"

#include "app/studio/panels/rows_view.h"
#include "widgets/table_model.h"

namespace dotmoe::studio {

ParetoView::ParetoView(QWidget* parent)
    : QSplitter(Qt::Horizontal, parent),
      m_plot(new ParetoPlot),
      m_rows(new TableModel(this)),
      m_table(rows_view(m_rows, "paretoTable", tr("The Pareto picture in numbers"))) {
    m_plot->setObjectName("paretoPlot");
    addWidget(m_plot);
    addWidget(m_table);
    setSizes({400, 420});
    setChildrenCollapsible(false);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, m_plot,
            [this](const QModelIndex& current) { m_plot->setCurrent(current.row()); });
    connect(m_plot, &ParetoPlot::pointChosen, m_table, &QTableView::selectRow);
}

void ParetoView::setPareto(const Pareto& pareto) {
    m_plot->setPareto(pareto);
    m_rows->setTable(m_plot->table());
}

}  // namespace dotmoe::studio
