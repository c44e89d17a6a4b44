// The sweep's picture with its table: choosing in one chooses in the other.
#pragma once

#include <QSplitter>

#include "widgets/pareto_plot.h"

class QTableView;

namespace dotmoe {
class TableModel;
}

namespace dotmoe::studio {

class ParetoView : public QSplitter {
    Q_OBJECT

  public:
    explicit ParetoView(QWidget* parent = nullptr);

    void setPareto(const Pareto& pareto);

  private:
    ParetoPlot* m_plot;
    TableModel* m_rows;
    QTableView* m_table;
};

}  // namespace dotmoe::studio
