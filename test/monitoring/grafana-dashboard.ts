// Grafana's own types of a dashboard, generated from its schema, as JSON has them.
import type {
  Dashboard,
  DataQuery,
  FieldConfig,
  GraphFieldConfig,
  OptionsWithLegend,
  OptionsWithTooltip,
  Panel,
  RowPanel,
  VariableModel,
} from '@grafana/schema'
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen'

/** A value of an enum is its text in JSON. */
type Json<T> = T extends string
  ? `${T}`
  : T extends object
    ? { readonly [Name in keyof T]: Json<T[Name]> }
    : T

/** A query of Grafana's data source for Prometheus, whose types are in no package. */
interface PrometheusQuery extends DataQuery {
  expr: string
  legendFormat: string
  range: boolean
  instant: boolean
  editorMode: 'code'
}

interface PanelOf<Type extends string, Options, Custom>
  extends Omit<Panel, 'fieldConfig' | 'options' | 'targets' | 'type'> {
  type: Type
  options: Options
  fieldConfig: { defaults: Omit<FieldConfig, 'custom'> & { custom?: Custom }; overrides: [] }
  targets: PrometheusQuery[]
}

type Panels =
  | RowPanel
  | PanelOf<'stat', StatOptions, never>
  | PanelOf<'timeseries', OptionsWithLegend & OptionsWithTooltip, GraphFieldConfig>

/** The dashboard, with the options of the panels that it has. */
export type GrafanaDashboard = Json<
  Omit<Dashboard, 'panels' | 'templating'> & {
    panels: Panels[]
    templating: { list: VariableModel[] }
  }
>
